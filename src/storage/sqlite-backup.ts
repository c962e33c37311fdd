import { closeSync, openSync, rmSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { AppError } from "../domain/errors.ts";
import { explainSqliteError } from "./sqlite-errors.ts";

/** Pages of 4 KiB copied between two turns of the event loop. */
const PAGES_PER_STEP = 4_096;

/**
 * Copies an SQLite database, in use or not, to a new file that only its owner may read
 * (sqlite.org/backup.html).
 * @throws {AppError} `invalid_input` when the file exists or cannot be made, `storage_unavailable`.
 */
export async function backupSqlite(path: string, target: string): Promise<void> {
  const source = open(path);
  try {
    makeNew(target);
    await backup(source, target, { rate: PAGES_PER_STEP }).catch((error: unknown) => {
      rmSync(target, { force: true });
      throw explainSqliteError(error);
    });
  } finally {
    source.close();
  }
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw explainSqliteError(error);
  }
}

function makeNew(target: string): void {
  try {
    closeSync(openSync(target, "wx", 0o600));
  } catch (cause) {
    throw new AppError("invalid_input", "The backup file cannot be made.", {
      hint: "Name a file that does not exist yet, in a folder that exists and may be written.",
      details: { target },
      cause,
    });
  }
}
