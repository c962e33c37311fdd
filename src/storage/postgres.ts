import {
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type QueryCompiler,
} from "kysely";
import pg from "pg";
import { AppError } from "../domain/errors.ts";
import { migrate } from "./migrate.ts";
import type { Engine } from "./migrations/migration.ts";
import { ArrayCompiler } from "./postgres-compiler.ts";
import { explainPostgresError } from "./postgres-errors.ts";
import type { Database } from "./schema.ts";

/** A schema of our own: names such as `resources` and `scans` may be another application's, too. */
export const POSTGRES_SCHEMA = "tag_compliance";

const ENGINE: Engine = {
  types: { int64: "bigint" },
  schema: POSTGRES_SCHEMA,
  // SQLite compares text by its bytes, PostgreSQL by the collation of the database unless a column says
  // otherwise. Both must sort alike: pages are read in the order of text columns.
  adapt: (statement) =>
    /^\s*(create|alter) table\b/i.test(statement)
      ? statement.replace(/\btext\b/g, 'text collate "C"')
      : statement,
};

/** What every writing transaction locks, so that one writes at a time. Any number that nobody else uses. */
const WRITER_LOCK = 7_243_061_977n;

const MOST_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** How long a writer waits for another's transaction; as with SQLite. */
const LOCK_TIMEOUT_MS = 30_000;
/** A writer that says nothing for so long is gone or stuck, and holds up all others. */
const SILENT_TRANSACTION_MS = 60_000;

/** Object ids of built-in types (`pg_type.dat`): 8-byte integer, and what sums of such integers are. */
const INT8 = 20;
const NUMERIC = 1700;

/**
 * Opens a PostgreSQL database that exists, and migrates it as needed. Any number of processes may do so at
 * once. What is stored stands in the schema `tag_compliance`.
 * @param url `postgres://user:password@host:port/database?sslmode=…`
 * @throws {AppError} `config_invalid` when the URL is none, `storage_unavailable` with a hint.
 */
export async function openPostgres(url: string): Promise<Kysely<Database>> {
  const db = new Kysely<Database>({ dialect: new ArrayDialect({ pool: openPool(url) }) });
  try {
    await makeSchema(db);
    await migrate(db, ENGINE);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/** `create schema if not exists` asks for the right to create one even where it exists. */
async function makeSchema(db: Kysely<Database>): Promise<void> {
  const schemas = await db.introspection.getSchemas();
  if (schemas.some(({ name }) => name === POSTGRES_SCHEMA)) return;
  await db
    .transaction()
    .execute((trx) => trx.schema.createSchema(POSTGRES_SCHEMA).ifNotExists().execute());
}

class ArrayDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new ArrayCompiler();
  }
}

/**
 * What SQLite's `begin immediate` does: a transaction starts by waiting until no other one writes, in any
 * process. The counts beside the rows are made from rows read in the same transaction and rely on it.
 * Readers never wait, nor do transactions that are `read only`. One message, for one wait for the network.
 */
function singleWriter(text: string): string {
  const isWriter = /^(begin|start transaction)\b/.test(text) && !text.includes("read only");
  return isWriter ? `${text}; select pg_advisory_xact_lock(${WRITER_LOCK})` : text;
}

/** The driver's pool, with its errors explained and values passed as SQLite takes them. */
function openPool(url: string): PostgresPool {
  const pool = new pg.Pool({
    connectionString: requirePostgresUrl(url),
    application_name: "tag-compliance",
    options: `-c search_path=${POSTGRES_SCHEMA}`,
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: SILENT_TRANSACTION_MS,
    keepAlive: true,
    // As an embedded database: what is open does not keep the process alive.
    allowExitOnIdle: true,
    types: { getTypeParser },
  });
  // A connection that breaks while idle is replaced; whoever needs the database then is told.
  pool.on("error", () => undefined);
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw explainPostgresError(error);
      });
      const wrapped = known.get(client) ?? explaining(client);
      known.set(client, wrapped);
      return wrapped;
    },
    end: () => pool.end(),
    options: {},
  };
}

function explaining(client: pg.PoolClient): PostgresPoolClient {
  let broken = false;
  // Without a listener an error between two queries would end the process.
  client.on("error", () => {
    broken = true;
  });
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    const sent = singleWriter(text);
    try {
      return await client.query(sent, values.map(encode));
    } catch (error) {
      // The caller has no transaction to roll back when it could not begin one.
      if (sent !== text) await client.query("rollback").catch(() => (broken = true));
      throw explainPostgresError(error);
    }
  };
  const release = (discard?: boolean): void => client.release(discard === true || broken);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows have the type the caller of Kysely says
  return { query, release } as PostgresPoolClient;
}

/** Flags are numbers in every database. */
function encode(value: unknown): unknown {
  return typeof value === "boolean" ? Number(value) : value;
}

function requirePostgresUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "postgres:" || parsed?.protocol === "postgresql:") return url;
  throw new AppError("config_invalid", "storage.url is not the URL of a PostgreSQL database.", {
    hint: "Give postgres://user:password@host:port/database, best as a reference such as env://DATABASE_URL.",
  });
}

type Parse = (text: string) => unknown;

function getTypeParser(oid: number, format?: "text" | "binary"): Parse {
  if (oid === INT8 || oid === NUMERIC) return safeInteger;
  const parse: Parse = pg.types.getTypeParser(oid, format);
  return parse;
}

/** @throws {AppError} `internal` rather than give a number that is not the stored one. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new AppError("internal", "The inventory database returned a number too large to hold.");
  return value;
}
