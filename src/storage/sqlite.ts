import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { DistantDatabase } from "./distant-database.ts";
import { migrate } from "./migrate.ts";
import type { Engine } from "./migrations/migration.ts";
import type { Database } from "./schema.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { explainFileError } from "./sqlite-errors.ts";

const IN_MEMORY = ":memory:";
const ENGINE: Engine = { types: { int64: "integer" } };

/**
 * Opens the embedded database, creating and migrating it as needed. Several processes may open the
 * same file. A new folder and file belong to their owner alone (modes 0700 and 0600), because tags
 * and resource ids are confidential. `:memory:` gives a private database that dies with the process.
 * @throws {AppError} `storage_unavailable` with a hint: not writable, damaged, of a newer release.
 */
export async function openSqlite(path: string): Promise<Kysely<Database>> {
  if (path !== IN_MEMORY) createPrivateFile(path);
  const connections = path === IN_MEMORY ? "single" : "shared";
  const { dialect, performThere } = sqliteDialect({ path, connections });
  const db = new DistantDatabase(dialect, performThere);
  try {
    await migrate(db, ENGINE);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/**
 * Opens an existing file of this release's schema to read it as it is at the first question of each
 * transaction; writers are not held up.
 */
export function openSqliteSnapshot(path: string): Kysely<Database> {
  const { dialect } = sqliteDialect({ path, connections: "snapshot" });
  return new Kysely<Database>({ dialect });
}

function createPrivateFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // SQLite gives its -wal and -shm files the mode of the database file.
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw explainFileError(error);
  }
}
