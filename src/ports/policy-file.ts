/** A file that holds a tagging policy, wherever it lives. */
export interface PolicyFile {
  /** What people call it; shown in answers. */
  readonly path: string;
  /**
   * Text that differs whenever the content may have changed (time and size, an ETag). Cheap: it is
   * asked at most once a second. Null when there is no such file.
   * @throws {AppError} `config_invalid` when it exists but cannot be looked at.
   */
  stamp(): Promise<string | null>;
  /** @throws {AppError} `config_invalid` when it cannot be read, `policy_invalid` when it is too large. */
  read(): Promise<string>;
  /**
   * Calls `touched` soon after the content may have changed, until `signal` aborts: it may be called
   * for nothing. Absent, or silent, where a file cannot be watched.
   */
  watch?(touched: () => void, signal: AbortSignal): void;
}
