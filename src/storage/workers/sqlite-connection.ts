import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { isBusy } from "../sqlite-errors.ts";
import type { SqliteOpening, SqliteResult } from "./sqlite-protocol.ts";

/**
 * How long a writer waits for another process's transaction. SQLite polls instead of queueing, so a
 * busy neighbour can win many times in a row; transactions here take milliseconds.
 */
const BUSY_TIMEOUT_MS = 30_000;
const BUSY_POLL_MS = 20;
const CACHED_STATEMENTS = 256;
/** Kibibytes of database pages kept in memory; only filled as far as a process reads. */
const PAGE_CACHE_KIB = { write: 16_384, read: 8_192 } as const;
/**
 * Pages of 4 KiB after which what the log holds is copied to the file. A scan writes the same pages of its
 * indexes again and again: with the default of 1,000 most of them are copied many times over.
 */
const WAL_PAGES = 8_192;
/** Bytes the write-ahead log is cut back to after a large transaction made it grow. */
const WAL_LIMIT_BYTES = 67_108_864;

interface Prepared {
  readonly statement: StatementSync;
  /** None when the statement returns no rows; `insert … returning` does. */
  readonly columns: readonly string[];
}

/** One connection, used from one thread, with its prepared statements kept. Every call may block. */
export class SqliteConnection {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor({ path, mode }: SqliteOpening) {
    this.#db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readOnly: mode === "read" });
    try {
      if (mode === "write") enterWalMode(this.#db);
      this.#db.exec(
        `pragma synchronous = full; pragma temp_store = memory;
         pragma cache_size = -${PAGE_CACHE_KIB[mode]}; pragma wal_autocheckpoint = ${WAL_PAGES};
         pragma journal_size_limit = ${WAL_LIMIT_BYTES}`,
      );
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  run(text: string, parameters: readonly unknown[]): SqliteResult {
    const { statement, columns } = this.#prepare(text);
    const values = parameters.map(encode);
    // `setReturnArrays` makes rows arrays, which the types of `node:sqlite` do not know.
    const rows: readonly unknown[] = columns.length === 0 ? [] : statement.all(...values);
    if (columns.length > 0) return { rows: { columns, values: rows.flat() } };
    const { changes, lastInsertRowid } = statement.run(...values);
    return { changes: Number(changes), insertId: BigInt(lastInsertRowid) };
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }

  #prepare(text: string): Prepared {
    const known = this.#prepared.get(text) ?? prepare(this.#db, text);
    this.#prepared.delete(text);
    this.#prepared.set(text, known);
    const oldest = this.#prepared.keys().next();
    if (this.#prepared.size > CACHED_STATEMENTS && !oldest.done)
      this.#prepared.delete(oldest.value);
    return known;
  }
}

/** Switching a file to WAL needs it alone for a moment, and SQLite does not wait for that itself. */
function enterWalMode(db: DatabaseSync): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += BUSY_POLL_MS) {
    try {
      db.exec("pragma journal_mode = wal");
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= BUSY_TIMEOUT_MS) throw error;
    }
    Atomics.wait(clock, 0, 0, BUSY_POLL_MS);
  }
}

function prepare(db: DatabaseSync, text: string): Prepared {
  const statement = db.prepare(text);
  statement.setReturnArrays(true);
  return { statement, columns: statement.columns().map(({ name }) => name) };
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
  throw new TypeError(`A value of type ${typeof value} cannot be stored.`);
}
