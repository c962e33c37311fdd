import { setImmediate as nextTurn } from "node:timers/promises";
import { type Expression, type Kysely, type RawBuilder, sql } from "kysely";
import type { CostDimension, CostGroup } from "../../domain/cost/cost-line.ts";
import type { StoredCostQuestion } from "../../ports/cost-store.ts";
import { batches } from "../inventory/batches.ts";
import { tagsOf } from "../inventory/stored-tags.ts";
import type { Database } from "../schema.ts";

/** Sums of micros as text: they can exceed what a number holds exactly. */
export function sumText(column: Expression<unknown> | RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`cast(sum(${column}) as text)`;
}

/** Resources read between two turns of the event loop. */
const RESOURCES_PER_PAGE = 2000;

/** What of a question a column answers; an empty text stands for what is not asked or not known. */
const DIMENSION_COLUMNS = {
  account: sql.ref("cost_places.account"),
  region: sql.ref("cost_places.region"),
  service: sql.ref("cost_places.service"),
  resource_type: sql.ref("cost_places.resource_type"),
  resource: sql.ref("cost_lines.resource_key"),
} as const satisfies Record<CostDimension, RawBuilder<unknown>>;

/** Sums the current bills of a cloud by what was asked; the database does the adding. */
export async function* groups(
  db: Kysely<Database>,
  question: StoredCostQuestion,
): AsyncGenerator<readonly CostGroup[]> {
  for (const { no, month } of await currentBills(db, question)) {
    for await (const range of rangesOf(db, no, question)) {
      const rows = await rowsOf(db, { billNo: no, range }, question);
      yield rows.map((row) => toGroup(row, question.cloud, month));
      await nextTurn();
    }
  }
}

/** Resource keys in (`after`, `upTo`]; `nameless` are the charges without one, `all` is both. */
type KeyRange =
  | { readonly kind: "all" }
  | { readonly kind: "nameless" }
  | { readonly kind: "named"; readonly keys: readonly string[] }
  | { readonly kind: "between"; readonly after: string; readonly upTo: string | null };

/** One resource a row can be a million rows, so those questions are cut along the index. */
async function* rangesOf(
  db: Kysely<Database>,
  billNo: number,
  { dimensions, resources }: StoredCostQuestion,
): AsyncGenerator<KeyRange> {
  if (resources !== undefined) {
    for (const keys of batches(resources)) yield { kind: "named", keys };
    return;
  }
  if (!dimensions.includes("resource")) {
    yield { kind: "all" };
    return;
  }
  yield { kind: "nameless" };
  for (let after: string | null = ""; after !== null; ) {
    const upTo = await keyAfter(db, billNo, after);
    yield { kind: "between", after, upTo };
    after = upTo;
  }
}

/** The resource key a page further, by the index; null where there is none. */
async function keyAfter(
  db: Kysely<Database>,
  billNo: number,
  after: string,
): Promise<string | null> {
  const next = await db
    .selectFrom("cost_lines")
    .select("resource_key")
    .where("bill_no", "=", billNo)
    .where("resource_key", ">", after)
    .orderBy("resource_key")
    .offset(RESOURCES_PER_PAGE)
    .limit(1)
    .executeTakeFirst();
  return next?.resource_key ?? null;
}

function currentBills(db: Kysely<Database>, { cloud, months }: StoredCostQuestion) {
  return db
    .selectFrom("cost_bills")
    .select(["no", "month"])
    .where("state", "=", "current")
    .where("cloud", "=", cloud)
    .where("month", "in", months)
    .orderBy("month")
    .orderBy("no")
    .execute();
}

function rowsOf(
  db: Kysely<Database>,
  { billNo, range }: { readonly billNo: number; readonly range: KeyRange },
  question: StoredCostQuestion,
) {
  const column = (dimension: CostDimension): RawBuilder<string> =>
    question.dimensions.includes(dimension)
      ? sql<string>`coalesce(${DIMENSION_COLUMNS[dimension]}, '')`
      : sql<string>`''`;
  let query = db
    .selectFrom("cost_lines")
    .innerJoin("cost_places", "cost_places.id", "cost_lines.place_id")
    .innerJoin("cost_tag_sets", "cost_tag_sets.id", "cost_lines.tags_id")
    .where("cost_lines.bill_no", "=", billNo);
  if (question.accounts.length > 0)
    query = query.where("cost_places.account", "in", question.accounts);
  if (range.kind === "nameless") query = query.where("cost_lines.resource_key", "is", null);
  if (range.kind === "named") query = query.where("cost_lines.resource_key", "in", range.keys);
  if (range.kind === "between") {
    query = query.where("cost_lines.resource_key", ">", range.after);
    if (range.upTo !== null) query = query.where("cost_lines.resource_key", "<=", range.upTo);
  }
  return query
    .select([
      "cost_lines.charge",
      "cost_lines.has_resource",
      "cost_lines.currency",
      "cost_tag_sets.tags",
      column("account").as("account"),
      column("region").as("region"),
      column("service").as("service"),
      column("resource_type").as("resource_type"),
      column("resource").as("resource"),
      sumText(sql.ref("cost_lines.effective")).as("effective"),
      sumText(sql.ref("cost_lines.billed")).as("billed"),
    ])
    .select((eb) => eb.fn.sum<number>("cost_lines.lines").as("lines"))
    .groupBy([
      "cost_lines.charge",
      "cost_lines.has_resource",
      "cost_lines.currency",
      "cost_tag_sets.tags",
      ...question.dimensions.map((dimension) => DIMENSION_COLUMNS[dimension]),
    ])
    .execute();
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

function toGroup(row: Row, cloud: CostGroup["cloud"], month: string): CostGroup {
  const known = (text: string): string | null => (text === "" ? null : text);
  return {
    cloud,
    month,
    charge: row.charge,
    account: known(row.account),
    region: known(row.region),
    service: known(row.service),
    resourceType: known(row.resource_type),
    resourceId: known(row.resource),
    hasResource: row.has_resource === null ? null : row.has_resource === 1,
    tags: tagsOf(row.tags) ?? [],
    effectiveMicros: BigInt(row.effective),
    billedMicros: row.billed === null ? null : BigInt(row.billed),
    currency: row.currency,
    lines: row.lines,
  };
}
