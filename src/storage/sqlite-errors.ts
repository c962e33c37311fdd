import { AppError, type AppErrorOptions } from "../domain/errors.ts";

interface Explanation {
  readonly message: string;
  readonly hint: string;
  readonly retryAfterMs?: number;
}

const UNWRITABLE: Explanation = {
  message: "The inventory database cannot be opened for writing.",
  hint: "Give this user write permission on the database's folder and file, or configure another path.",
};
const DAMAGED: Explanation = {
  message: "The inventory database is damaged or is not an SQLite database.",
  hint: "Move the file away and scan again: the inventory is rebuilt from the clouds. Or restore a backup.",
};
const BUSY: Explanation = {
  message: "Another process kept the inventory database locked for too long.",
  hint: "Try again; if it lasts, look for a stuck process that uses the same database.",
  retryAfterMs: 1_000,
};

/** SQLite's primary result codes that say something about the outside (sqlite.org/rescode.html). */
const BY_RESULT_CODE: Readonly<Record<number, Explanation>> = {
  3: UNWRITABLE, // SQLITE_PERM
  5: BUSY, // SQLITE_BUSY
  6: BUSY, // SQLITE_LOCKED
  8: UNWRITABLE, // SQLITE_READONLY
  10: {
    message: "The disk failed while the inventory database was used.",
    hint: "Check the disk; the database must be on a local file system, not a network share.",
  }, // SQLITE_IOERR
  11: DAMAGED, // SQLITE_CORRUPT
  13: {
    message: "The disk is full: the inventory cannot be stored.",
    hint: "Free space, then try again. What was stored before is kept.",
  }, // SQLITE_FULL
  14: UNWRITABLE, // SQLITE_CANTOPEN
  26: DAMAGED, // SQLITE_NOTADB
};

/** Did SQLite refuse because another connection holds a lock? */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && BY_RESULT_CODE[code & 0xff] === BUSY;
}

/**
 * What a failed SQLite call means to the reader. Trouble outside this program becomes
 * `storage_unavailable`; anything else (a constraint, a wrong statement) is our own mistake, `internal`.
 */
export function explainSqliteError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = resultCode(error);
  const details = { sqliteResultCode: code ?? null };
  const explanation = code === undefined ? undefined : BY_RESULT_CODE[code & 0xff];
  if (explanation === undefined)
    return new AppError("internal", "The inventory database refused a statement.", {
      cause: error,
      details,
    });
  return unavailable(explanation, { cause: error, details });
}

/** A folder or file that cannot be made, by the file system's own words (`EACCES`, `EROFS`, `ENOTDIR`…). */
export function explainFileError(error: unknown): AppError {
  const errno = error instanceof Error && "code" in error ? String(error.code) : null;
  return unavailable(UNWRITABLE, { cause: error, details: { errno } });
}

function unavailable(
  { message, hint, retryAfterMs }: Explanation,
  options: AppErrorOptions,
): AppError {
  const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new AppError("storage_unavailable", message, { ...options, ...retry, hint });
}

/** The extended result code that `node:sqlite` puts on its errors; its low byte is the primary code. */
function resultCode(error: unknown): number | undefined {
  const found = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof found === "number" ? found : undefined;
}
