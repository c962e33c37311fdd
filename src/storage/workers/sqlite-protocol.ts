import type { AppErrorOptions, ErrorCode } from "../../domain/errors.ts";
import type { ScanJobResult, ScanWork } from "../inventory/scan-work.ts";

/** What is said between a connection to SQLite on its own thread and the thread that uses it. */

/** How a thread opens its one connection. */
export interface SqliteOpening {
  readonly path: string;
  readonly mode: "write" | "read";
}

export type SqliteCommand =
  | { readonly do: "run"; readonly sql: string; readonly parameters: readonly unknown[] }
  /** Pages as `packRows` makes them. */
  | { readonly do: "scan"; readonly work: ScanWork<string> }
  | { readonly do: "close" };

export interface SqliteRequest {
  readonly id: number;
  readonly command: SqliteCommand;
}

/** Rows laid end to end: half the work of copying one object a row from thread to thread. */
export interface FlatRows {
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
}

export interface SqliteResult {
  readonly rows?: FlatRows;
  /** Rows changed, of a statement that returns none. */
  readonly changes?: number;
  readonly insertId?: bigint;
  /** Of scan work: a result for each job. */
  readonly jobs?: readonly ScanJobResult[];
}

export type SqliteResponse =
  | { readonly id: number; readonly result: SqliteResult }
  | { readonly id: number; readonly failure: SqliteFailure };

/** Answers to requests that came in one message, in their order; in several messages when they take long. */
export interface SqliteAnswers {
  readonly responses: readonly SqliteResponse[];
  /** No request of that message waits any more. */
  readonly areLast: boolean;
}

/** Errors lose what is on them when they are copied to another thread. */
export type SqliteFailure =
  | { readonly by: "sqlite"; readonly message: string; readonly errcode: number | undefined }
  | {
      readonly by: "scan";
      readonly code: ErrorCode;
      readonly message: string;
      readonly options: Pick<AppErrorOptions, "hint" | "details" | "retryAfterMs">;
    };

/** The id under which the thread tells that it has opened, or why it could not. */
export const OPENING = 0;
