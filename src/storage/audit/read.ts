import { type Kysely, PostgresAdapter, type RawBuilder, sql } from "kysely";
import type { Database } from "../schema.ts";
import type { AuditRecordTable } from "../tables/audit.ts";
import { SIGNED_COLUMNS } from "./chain.ts";

const PAGE = 5000;
const SIGNED_PAGE = 1000;

/** Epoch milliseconds; the end is exclusive. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Records of a period in their order; other work gets its turn between pages. */
export async function* recordPages(
  db: Kysely<Database>,
  { fromMs, toMs }: Period,
): AsyncGenerator<readonly AuditRecordTable[]> {
  let after = 0;
  for (;;) {
    const page = await db
      .selectFrom("audit_records")
      .selectAll()
      .where("seq", ">", after)
      .where("at_ms", ">=", fromMs)
      .where("at_ms", "<", toMs)
      .orderBy("seq")
      .limit(PAGE)
      .execute();
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.seq;
  }
}

/** A record as it was signed: the values of `SIGNED_COLUMNS` in their order, and then its hash. */
export type SignedRecord = [seq: number, previousHash: string, ...rest: unknown[]];

/**
 * Every record from a place in the chain on. The database hands over a page as one text: rows as objects
 * take as long as checking them. The next page is read while this one is checked.
 */
export async function* signedPages(
  db: Kysely<Database>,
  afterSeq: number,
): AsyncGenerator<readonly SignedRecord[]> {
  let next = signedPage(db, afterSeq);
  for (;;) {
    const page = await next;
    const last = page.at(-1);
    if (last === undefined) return;
    next = signedPage(db, last[0]);
    // A failure is told when the page's turn comes.
    next.catch(() => undefined);
    yield page;
  }
}

async function signedPage(
  db: Kysely<Database>,
  afterSeq: number,
): Promise<readonly SignedRecord[]> {
  const { rows } = await sql<{ readonly page: string | null }>`
    select ${pageAsText(db)} as page from (
      select * from audit_records where seq > ${afterSeq} order by seq limit ${SIGNED_PAGE}
    ) as records`.execute(db);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the statement makes
  return JSON.parse(rows[0]?.page ?? "[]") as readonly SignedRecord[];
}

/** JSON of a list of lists; both databases keep the order of the rows within. */
function pageAsText(db: Kysely<Database>): RawBuilder<unknown> {
  const columns = sql.join([...SIGNED_COLUMNS, "hash"].map((column) => sql.ref(column)));
  return db.getExecutor().adapter instanceof PostgresAdapter
    ? sql`json_agg(json_build_array(${columns}) order by seq)::text`
    : sql`json_group_array(json_array(${columns}) order by seq)`;
}
