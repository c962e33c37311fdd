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
import { packWork } from "./workers/packed-work.ts";
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
  readonly performThere: (work: ScanWork) => Promise<readonly ScanJobResult[]>;
} {
  const driver = new SqliteDriver(threads);
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return { dialect, performThere: (work) => driver.performThere(work) };
}

class SqliteDriver implements Driver {
  readonly #threads: SqliteThreads;
  #main: SqliteThread | undefined;
  #reader: Promise<SqliteThread> | undefined;
  /** Resolves when the connection that writes is free. */
  #turn: Promise<void> = Promise.resolve();
  #inLine = 0;

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
    await before;
    return () => {
      this.#inLine -= 1;
      resolve();
    };
  }

  async performThere(work: ScanWork): Promise<readonly ScanJobResult[]> {
    const endTurn = await this.takeTurn();
    try {
      return (await this.main.send({ do: "scan", work: packWork(work) })).jobs ?? [];
    } finally {
      endTurn();
    }
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
    return this.#with(SelectQueryNode.is(query), async (thread) =>
      queryResult<R>(await thread.send({ do: "run", sql, parameters })),
    );
  }

  // oxlint-disable-next-line require-yield -- there is nothing to yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new AppError("internal", "Streams are not supported: read page by page along a key.");
  }

  async #with<T>(isRead: boolean, use: (thread: SqliteThread) => Promise<T>): Promise<T> {
    if (this.#endTurn !== undefined) return use(this.#driver.main);
    const reader = isRead ? this.#driver.reader() : undefined;
    if (reader !== undefined) return use(await reader);
    const endTurn = await this.#driver.takeTurn();
    try {
      return await use(this.#driver.main);
    } finally {
      endTurn();
    }
  }
}
