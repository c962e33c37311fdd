import { createHash } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";
import { AppError } from "../domain/errors.ts";
import { POSTGRES_SCHEMA } from "./postgres.ts";
import type { Database } from "./schema.ts";

/** A table that was copied and compared row by row. */
export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
}

/** Says which migrations ran, which each database knows of itself. */
const LEDGER = "schema_migrations";
const ROWS_PER_BATCH = 1_000;

/**
 * Copies every row of an SQLite database into an empty PostgreSQL database of the same schema, and reads
 * all of them back to compare. One transaction: a copy that fails, or that differs, leaves nothing behind.
 * @param from one that sees a snapshot (`openSqliteSnapshot`), so that writers may go on meanwhile.
 * @throws {AppError} `invalid_input` when the target holds anything, `internal` when what arrived differs.
 */
export async function copyDatabase(
  from: Kysely<Database>,
  to: Kysely<Database>,
  onTable: (copied: CopiedTable) => void,
): Promise<readonly CopiedTable[]> {
  return from.transaction().execute((source) =>
    to.transaction().execute(async (target) => {
      const tables = await tablesOf(source);
      for (const table of tables) await requireEmpty(target, table);
      const copied: CopiedTable[] = [];
      for (const table of tables) {
        const sent = await copyTable(source, target, table);
        const arrived = await digestOfStored(target, table);
        if (arrived.text() !== sent.text()) throw differs(table, sent.rows, arrived.rows);
        copied.push({ table, rows: sent.rows });
        onTable({ table, rows: sent.rows });
      }
      return copied;
    }),
  );
}

async function tablesOf(db: Kysely<Database>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables();
  return tables.map(({ name }) => name).filter((name) => name !== LEDGER);
}

async function requireEmpty(db: Kysely<Database>, table: string): Promise<void> {
  const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
  if (rows.length === 0) return;
  throw new AppError("invalid_input", "The PostgreSQL database is not empty: nothing was copied.", {
    hint: `Copy into a database that holds no inventory yet, or drop its schema ${POSTGRES_SCHEMA} first.`,
    details: { table },
  });
}

type Row = Readonly<Record<string, unknown>>;

async function copyTable(
  source: Kysely<Database>,
  target: Transaction<Database>,
  table: string,
): Promise<TableDigest> {
  const digest = new TableDigest();
  // Tables are of many shapes, of which only their columns matter here.
  const anyTable = target.withTables<Record<string, Row>>();
  for (let after = -Infinity; ; ) {
    const position = after === -Infinity ? sql`true` : sql`rowid > ${after}`;
    const { rows } = await sql<Row & { readonly rowid_: number }>`
      select rowid as rowid_, * from ${sql.table(table)} where ${position}
      order by rowid limit ${ROWS_PER_BATCH}`.execute(source);
    if (rows.length === 0) return digest;
    const values = rows.map(({ rowid_, ...row }) => {
      after = rowid_;
      return row;
    });
    await anyTable.insertInto(table).values(values).execute();
    digest.add(values);
  }
}

async function digestOfStored(target: Kysely<Database>, table: string): Promise<TableDigest> {
  const digest = new TableDigest();
  await sql`declare stored no scroll cursor for select * from ${sql.table(table)}`.execute(target);
  for (;;) {
    const fetch = sql<Row>`fetch ${sql.lit(ROWS_PER_BATCH)} from stored`;
    const { rows } = await fetch.execute(target);
    if (rows.length === 0) break;
    digest.add(rows);
  }
  await sql`close stored`.execute(target);
  return digest;
}

const DIGEST_BITS = 256;

/** Tells two tables apart whatever the order of their rows: the sum of the SHA-256 of every row. */
class TableDigest {
  rows = 0;
  #sum = 0n;

  add(rows: readonly Row[]): void {
    this.rows += rows.length;
    for (const row of rows) {
      const cells = Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const hash = createHash("sha256").update(JSON.stringify(cells)).digest("hex");
      this.#sum = BigInt.asUintN(DIGEST_BITS, this.#sum + BigInt(`0x${hash}`));
    }
  }

  text(): string {
    return `${this.rows} ${this.#sum.toString(16)}`;
  }
}

function differs(table: string, sent: number, arrived: number): AppError {
  return new AppError("internal", "What arrived differs from what was sent: nothing was copied.", {
    details: { table, sentRows: sent, arrivedRows: arrived },
  });
}
