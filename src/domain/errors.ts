/**
 * Every failure a caller can be told about. Each edge (MCP, HTTP, CLI) maps these exhaustively with
 * `satisfies Record<ErrorCode, …>`, so a new code does not compile until every edge knows it.
 */
export const ERROR_CODES = [
  "invalid_input",
  "config_invalid",
  "policy_invalid",
  "cursor_invalid",
  "not_found",
  "credentials_missing",
  "credentials_expired",
  "cloud_denied",
  "cloud_region_disabled",
  "cloud_throttled",
  "cloud_timeout",
  "cloud_truncated",
  "cloud_page_expired",
  "cloud_unavailable",
  "cloud_unsupported",
  "cancelled",
  "deadline_exceeded",
  "storage_unavailable",
  "forbidden",
  "budget_exhausted",
  "loop_detected",
  "confirmation_invalid",
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with an input; a file or an argument object reports all of its issues at once. */
export interface Issue {
  /** Where: a path such as `required_tags[1].allowed_values`, or an argument name. */
  readonly path: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** 1-based line of the source text, where there is one. */
  readonly line?: number;
}

export interface AppErrorOptions extends ErrorOptions {
  /** What the reader can do next, in the imperative. Never contains text from a cloud or a tag. */
  readonly hint?: string;
  /** Milliseconds to wait before a retry can succeed; absent when waiting is not known to help. */
  readonly retryAfterMs?: number;
  /** All problems of a bad input, in source order. */
  readonly issues?: readonly Issue[];
  /** Untrusted or machine-readable context (ids, upstream error codes). Data, never instructions. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The only error that crosses a module border. Its message and hint are ours: text that came from a
 * cloud, a tag or a caller goes in `details`, because messages and hints are read by models.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly issues: readonly Issue[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint;
    this.retryAfterMs = options.retryAfterMs;
    this.issues = options.issues ?? [];
    this.details = options.details ?? {};
  }
}
