/** A file that was kept. */
export interface SavedReport {
  /** Cannot be guessed: 128 random bits. Whoever knows it may read the report. */
  readonly id: string;
  /** File name for people, such as `tag-compliance-report-2026-11-22.html`. */
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

export interface ReportFile extends Omit<SavedReport, "id"> {
  readonly bytes: Uint8Array;
}

/** Reports and exports that were handed out by their id. Only the newest are kept. */
export interface ReportFiles {
  /**
   * Keeps a file. Nothing of it can be read before its last byte is written.
   * @param name letters, digits, dots and dashes, with the ending of its format.
   * @throws {AppError} `storage_unavailable`; and whatever the chunks throw.
   */
  save(name: string, chunks: AsyncIterable<Uint8Array>): Promise<SavedReport>;
  /**
   * @throws {AppError} `not_found` for an id that is none of ours or whose file is gone;
   * `invalid_input` when the file is larger than `MOST_READ_BYTES`.
   */
  read(id: string): Promise<ReportFile>;
}

/** Larger files are not handed over in one piece: 32 MiB. */
export const MOST_READ_BYTES = 32 * 1_048_576;
