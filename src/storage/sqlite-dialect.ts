import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { AppError } from "../domain/errors.ts";
import type { ScanJobResult, ScanWork } from "./inventory/scan-work.ts";
import { queryResult } from "./workers/sqlite-rows.ts";
import { SqliteThread } from "./workers/sqlite-thread.ts";

/** Which connections a database has. */
export interface SqliteThreads {
  readonly path: string;
  /**
   * `shared`: one connection writes, a second one reads while the first is busy. `single`: one for
   * everything, as a database in memory needs. `snapshot`: one that only reads.
   */
  readonly connections: "shared" | "single" | "snapshot";
}

/**
 * SQLite for Kysely with every call on another thread, so that no query, no wait for the disk and no wait
 * for another process's lock holds up this one. A query outside a transaction that only reads sees what
 * was committed before it, and does not wait for transactions.
 */
export function sqliteDialect(threads: SqliteThreads): {
  readonly dialect: Dialect;
  /** Does what a scan writes on the thread of the connection. */
  readonly performThere: (work: ScanWork<string>) => Promise<readonly ScanJobResult[]>;
} {
  const driver = new SqliteDriver(threads);
  const dialect: Dialect = {
    createAdapter: () => new ManyConnections(),
    createDriver: () => driver,
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return { dialect, performThere: (work) => driver.performThere(work) };
}

/**
 * Kysely's adapter says that SQLite has one connection, and then lets one query run at a time: readers
 * would wait for every transaction. Here the driver says who uses which connection when.
 */
class ManyConnections extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #threads: SqliteThreads;
  #main: SqliteThread | undefined;
  #reader: Promise<SqliteThread> | undefined;
  /** Resolves when the connection that writes is free. */
  #turn: Promise<void> = Promise.resolve();
  #inLine = 0;
  /** The turn that scan work has, while it is the last in line. */
  #scanTurn: SharedTurn | undefined;

  constructor(threads: SqliteThreads) {
    this.#threads = threads;
  }

  async init(): Promise<void> {
    const { path, connections } = this.#threads;
    const mode = connections === "snapshot" ? "read" : "write";
    this.#main = await SqliteThread.open({ path, mode });
  }

  acquireConnection(): Promise<Session> {
    return Promise.resolve(new Session(this));
  }

  /**
   * A plain `begin` would take the write lock at the first write; if another process wrote since the
   * first read, SQLite then fails at once instead of waiting (sqlite.org/isolation.html).
   */
  async beginTransaction(session: Session): Promise<void> {
    const kind = this.#threads.connections === "snapshot" ? "begin" : "begin immediate";
    await session.enter();
    try {
      await session.executeQuery(CompiledQuery.raw(kind));
    } catch (error) {
      session.exit();
      throw error;
    }
  }

  async commitTransaction(session: Session): Promise<void> {
    await session.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(session: Session): Promise<void> {
    await session.executeQuery(CompiledQuery.raw("rollback"));
  }

  releaseConnection(session: Session): Promise<void> {
    session.exit();
    return Promise.resolve();
  }

  async destroy(): Promise<void> {
    await (await this.#reader)?.close();
    await this.#main?.close();
  }

  /** Waits for the turn to use the connection that writes; the result gives the turn to the next. */
  async takeTurn(): Promise<() => void> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    this.#inLine += 1;
    this.#scanTurn = undefined;
    await before;
    return () => {
      this.#inLine -= 1;
      resolve();
    };
  }

  /**
   * Scan work is a whole transaction to the thread, which does one after the other. So while nobody else
   * waits, the next is sent before the one before it has ended: the thread need not wait for this one.
   */
  async performThere(work: ScanWork<string>): Promise<readonly ScanJobResult[]> {
    const turn = this.#scanTurn ?? this.#takeSharedTurn();
    turn.holders += 1;
    const endTurn = await turn.taken;
    try {
      return (await this.main.send({ do: "scan", work })).jobs ?? [];
    } finally {
      turn.holders -= 1;
      if (turn.holders === 0) {
        if (this.#scanTurn === turn) this.#scanTurn = undefined;
        endTurn();
      }
    }
  }

  #takeSharedTurn(): SharedTurn {
    const turn = { holders: 0, taken: this.takeTurn() };
    this.#scanTurn = turn;
    return turn;
  }

  get main(): SqliteThread {
    if (this.#main === undefined) throw new TypeError("The driver has not been initialised.");
    return this.#main;
  }

  /**
   * A connection for what only reads, or undefined when its turn comes at once. Not async: a transaction
   * must not slip in between the answer and the turn.
   */
  reader(): Promise<SqliteThread> | undefined {
    const { path, connections } = this.#threads;
    if (connections !== "shared") return undefined;
    // Only a process that is asked while it writes pays for a second thread.
    if (this.#inLine > 0) this.#reader ??= SqliteThread.open({ path, mode: "read" });
    return this.#reader;
  }
}

/** A turn that several have together; the last of them ends it. */
interface SharedTurn {
  holders: number;
  readonly taken: Promise<() => void>;
}

/** A transaction, or single statements that each find their own connection. */
class Session implements DatabaseConnection {
  readonly #driver: SqliteDriver;
  #endTurn: (() => void) | undefined;

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
  }

  /** Keeps the connection that writes until `exit`. */
  async enter(): Promise<void> {
    this.#endTurn = await this.#driver.takeTurn();
  }

  exit(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    const reader =
      this.#endTurn === undefined && SelectQueryNode.is(query) ? this.#driver.reader() : undefined;
    if (reader !== undefined) return queryResult<R>(await (await reader).ask(sql, parameters));
    return this.#inTurn(async (thread) =>
      queryResult<R>(await thread.send({ do: "run", sql, parameters })),
    );
  }

  // oxlint-disable-next-line require-yield -- there is nothing to yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new AppError("internal", "Streams are not supported: read page by page along a key.");
  }

  async #inTurn<T>(use: (thread: SqliteThread) => Promise<T>): Promise<T> {
    if (this.#endTurn !== undefined) return use(this.#driver.main);
    const endTurn = await this.#driver.takeTurn();
    try {
      return await use(this.#driver.main);
    } finally {
      endTurn();
    }
  }
}
