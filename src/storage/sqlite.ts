import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";
import { AppError } from "../domain/errors.ts";
import { migrate } from "./migrate.ts";
import type { ColumnTypes } from "./migrations/migration.ts";
import type { Database } from "./schema.ts";
import { explainFileError, explainSqliteError, isBusy } from "./sqlite-errors.ts";

const IN_MEMORY = ":memory:";
const COLUMN_TYPES: ColumnTypes = { int64: "integer" };

/**
 * How long a writer waits for another process's transaction. SQLite polls instead of queueing, so a
 * busy neighbour can win many times in a row; transactions here take milliseconds.
 */
const BUSY_TIMEOUT_MS = 30_000;
const BUSY_POLL_MS = 20;
const CACHED_STATEMENTS = 256;
/** Kibibytes of database pages kept in memory; only filled as far as a process reads. */
const PAGE_CACHE_KIB = 65_536;
/** Bytes the write-ahead log is cut back to after a large transaction made it grow. */
const WAL_LIMIT_BYTES = 67_108_864;

/**
 * Opens the embedded database, creating and migrating it as needed. Several processes may open the
 * same file. A new folder and file belong to their owner alone (modes 0700 and 0600), because tags
 * and resource ids are confidential. `:memory:` gives a private database that dies with the process.
 * @throws {AppError} `storage_unavailable` with a hint: not writable, damaged, of a newer release.
 */
export async function openSqlite(path: string): Promise<Kysely<Database>> {
  if (path !== IN_MEMORY) createPrivateFile(path);
  const connection = await connect(path);
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: connection }) });
  try {
    await migrate(db, COLUMN_TYPES);
  } catch (error) {
    connection.close();
    throw error;
  }
  return db;
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

async function connect(path: string): Promise<SqliteDatabase> {
  let raw: DatabaseSync | undefined;
  try {
    raw = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    await enterWalMode(raw);
    raw.exec(
      `pragma synchronous = full; pragma temp_store = memory;
       pragma cache_size = -${PAGE_CACHE_KIB}; pragma journal_size_limit = ${WAL_LIMIT_BYTES}`,
    );
    return kyselyDatabase(raw);
  } catch (error) {
    raw?.close();
    throw explainSqliteError(error);
  }
}

/** Switching a file to WAL needs it alone for a moment, and SQLite does not wait for that itself. */
async function enterWalMode(raw: DatabaseSync): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += BUSY_POLL_MS) {
    try {
      raw.exec("pragma journal_mode = wal");
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= BUSY_TIMEOUT_MS) throw error;
    }
    await sleep(BUSY_POLL_MS);
  }
}

/** What Kysely's SQLite dialect needs of a driver, over `node:sqlite`, with prepared statements kept. */
function kyselyDatabase(raw: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>();
  return {
    prepare: (text) => {
      // A plain `begin` takes the write lock at the first write; if another process wrote since the
      // first read, SQLite then fails at once instead of waiting (sqlite.org/isolation.html).
      const source = text === "begin" ? "begin immediate" : text;
      const statement = cache.get(source) ?? prepare(raw, source);
      cache.delete(source);
      cache.set(source, statement);
      const oldest = cache.keys().next();
      if (cache.size > CACHED_STATEMENTS && !oldest.done) cache.delete(oldest.value);
      return statement;
    },
    close: () => {
      cache.clear();
      if (raw.isOpen) raw.close();
    },
  };
}

function prepare(raw: DatabaseSync, text: string): SqliteStatement {
  return explained(() => {
    const statement = raw.prepare(text);
    return {
      // `insert … returning` has columns too, so this tells rows from no rows for every statement.
      reader: statement.columns().length > 0,
      all: (values) => explained(() => statement.all(...values.map(encode))),
      run: (values) => explained(() => statement.run(...values.map(encode))),
      iterate: (values) => explained(() => statement.iterate(...values.map(encode))),
    };
  });
}

function explained<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw explainSqliteError(error);
  }
}

/** `node:sqlite` binds no booleans. Anything else that it does not bind is refused, never guessed. */
function encode(value: unknown): SQLInputValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (
    value === null ||
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "bigint" ||
    value instanceof Uint8Array
  )
    return value;
  throw new AppError("internal", "A value of a kind that the database cannot store was given.", {
    details: { type: typeof value },
  });
}
