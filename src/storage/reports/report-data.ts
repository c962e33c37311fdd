import { type Kysely, PostgresAdapter, type RawBuilder, sql } from "kysely";
import type { Scope } from "../../domain/scan/scope.ts";
import {
  type CostlyResource,
  type FindingCost,
  MOST_VALUES,
  type ReportData,
  type TagErrors,
  type TagSpelling,
  type ValueCost,
  type ValueCount,
} from "../../ports/report-data.ts";
import { billNumbers } from "../costs/resource-costs.ts";
import { sumText } from "../costs/groups.ts";
import { typeKey } from "../inventory/places.ts";
import type { Database } from "../schema.ts";

/** Aggregates for reports, over the database of an inventory. */
export function createReportData(db: Kysely<Database>): ReportData {
  return {
    findingCosts: (scope, months) => findingCosts(db, scope, months),
    costliest: (scope, months, most) => costliest(db, scope, { months, most }),
    tagErrors: (scope) => tagErrors(db, scope),
    valueCounts: (scope, spelling) => valueCounts(db, scope, spelling),
    valueCosts: (scope, spelling, months) => valueCosts(db, scope, { spelling, months }),
  };
}

/** Resources of a scope that are not gone, each in its place. */
function resourcesIn(db: Kysely<Database>, { clouds, accounts, regions, resourceTypes }: Scope) {
  let query = db
    .selectFrom("resources")
    .innerJoin("places", "places.id", "resources.place_id")
    .where("resources.gone_at", "is", null);
  if (clouds.length > 0) query = query.where("places.cloud", "in", clouds);
  if (accounts.length > 0) query = query.where("places.account", "in", accounts);
  if (regions.length > 0) query = query.where("places.region", "in", regions);
  if (resourceTypes.length > 0)
    query = query.where("places.type_key", "in", resourceTypes.map(typeKey));
  return query;
}

/** What each billed resource cost, per currency. */
function costsOf(db: Kysely<Database>, bills: readonly number[]) {
  return db
    .selectFrom("cost_lines")
    .innerJoin("cost_bills", "cost_bills.no", "cost_lines.bill_no")
    .where("cost_lines.bill_no", "in", bills)
    .where("cost_lines.resource_key", "is not", null)
    .select(["cost_bills.cloud", "cost_lines.resource_key", "cost_lines.currency"])
    .select(sql<bigint>`sum(${sql.ref("cost_lines.effective")})`.as("effective"))
    .groupBy(["cost_bills.cloud", "cost_lines.resource_key", "cost_lines.currency"]);
}

/** `resourcesIn` with what each costs; resources that no bill names are left out. */
function billedIn(db: Kysely<Database>, scope: Scope, bills: readonly number[]) {
  return resourcesIn(db, scope).innerJoin(costsOf(db, bills).as("costs"), (join) =>
    join
      .onRef("costs.resource_key", "=", "resources.resource_key")
      .onRef("costs.cloud", "=", "places.cloud"),
  );
}

async function findingCosts(
  db: Kysely<Database>,
  scope: Scope,
  months: readonly string[],
): Promise<readonly FindingCost[]> {
  const bills = await billNumbers(db, scope.clouds, months);
  if (bills.length === 0) return [];
  // A resource can have a finding twice in other words; its money counts once.
  const found = db
    .selectFrom("violations")
    .innerJoin("findings", "findings.id", "violations.finding_id")
    .select(["violations.resource_no", "findings.kind", "findings.tag", "findings.severity"])
    .distinct();
  const rows = await billedIn(db, scope, bills)
    .innerJoin(found.as("found"), "found.resource_no", "resources.no")
    .select(["places.cloud", "found.kind", "found.tag", "found.severity", "costs.currency"])
    .select(sumText(sql.ref("costs.effective")).as("effective"))
    .groupBy(["places.cloud", "found.kind", "found.tag", "found.severity", "costs.currency"])
    .execute();
  return rows.map(({ effective, ...row }) => ({ ...row, effectiveMicros: BigInt(effective) }));
}

async function costliest(
  db: Kysely<Database>,
  scope: Scope,
  { months, most }: { readonly months: readonly string[]; readonly most: number },
): Promise<readonly CostlyResource[]> {
  const bills = await billNumbers(db, scope.clouds, months);
  if (bills.length === 0) return [];
  const currencies = await db
    .selectFrom("cost_lines")
    .select("currency")
    .where("bill_no", "in", bills)
    .distinct()
    .orderBy("currency")
    .execute();
  const found: CostlyResource[] = [];
  for (const { currency } of currencies) {
    const rows = await billedIn(db, scope, bills)
      .where("resources.verdict", "=", "non_compliant")
      .where("costs.currency", "=", currency)
      .where(sql.ref("costs.effective"), ">", 0)
      .select(["places.cloud", "places.account", "places.resource_type"])
      .select(["resources.resource_key", "resources.spelling"])
      .select(sql<string>`cast(${sql.ref("costs.effective")} as text)`.as("effective"))
      .orderBy(sql.ref("costs.effective"), "desc")
      .orderBy("resources.no")
      .limit(most)
      .execute();
    for (const row of rows)
      found.push({
        cloud: row.cloud,
        account: row.account,
        resourceType: row.resource_type,
        resourceId: row.spelling ?? row.resource_key,
        currency,
        effectiveMicros: BigInt(row.effective),
      });
  }
  return found;
}

async function tagErrors(db: Kysely<Database>, scope: Scope): Promise<readonly TagErrors[]> {
  const wrong = db
    .selectFrom("violations")
    .innerJoin("findings", "findings.id", "violations.finding_id")
    .where("findings.severity", "=", "error")
    .select(["violations.resource_no", "findings.tag"])
    .distinct();
  const sole = db
    .selectFrom(wrong.as("each"))
    .select("each.resource_no")
    .groupBy("each.resource_no")
    .having((eb) => eb.fn.countAll(), "=", 1);
  const rows = await resourcesIn(db, scope)
    .innerJoin(wrong.as("wrong"), "wrong.resource_no", "resources.no")
    .leftJoin(sole.as("sole"), "sole.resource_no", "resources.no")
    .where("resources.verdict", "=", "non_compliant")
    .select(["places.cloud", "places.account", "wrong.tag"])
    .select((eb) => [
      eb.fn.countAll<number>().as("affected"),
      eb.fn.count<number>("sole.resource_no").as("only_this"),
    ])
    .groupBy(["places.cloud", "places.account", "wrong.tag"])
    .orderBy("only_this", "desc")
    .orderBy("places.cloud")
    .orderBy("places.account")
    .orderBy("wrong.tag")
    .execute();
  return rows.map(({ only_this: onlyThis, ...row }) => ({ ...row, onlyThis }));
}

async function valueCounts(
  db: Kysely<Database>,
  scope: Scope,
  spelling: TagSpelling,
): Promise<readonly ValueCount[]> {
  const { cloud } = spelling;
  const known = resourcesIn(db, { ...scope, clouds: [cloud] })
    .where("resources.verdict", "!=", "unknown")
    .where("resources.tags", "is not", null)
    .select("resources.verdict")
    .select(valueOf(db, spelling).as("value"));
  const rows = await db
    .selectFrom(known.as("known"))
    .select(["known.value", "known.verdict"])
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .groupBy(["known.value", "known.verdict"])
    .orderBy("count", "desc")
    .orderBy("known.value")
    .limit(MOST_VALUES)
    .execute();
  return rows.map((row) => ({ cloud, ...row }));
}

async function valueCosts(
  db: Kysely<Database>,
  scope: Scope,
  { spelling, months }: { readonly spelling: TagSpelling; readonly months: readonly string[] },
): Promise<readonly ValueCost[]> {
  const { cloud } = spelling;
  const bills = await billNumbers(db, [cloud], months);
  if (bills.length === 0) return [];
  const billed = billedIn(db, { ...scope, clouds: [cloud] }, bills)
    .where("resources.verdict", "!=", "unknown")
    .where("resources.tags", "is not", null)
    .select(["resources.verdict", "costs.currency"])
    .select(sql<bigint>`${sql.ref("costs.effective")}`.as("effective"))
    .select(valueOf(db, spelling).as("value"));
  const rows = await db
    .selectFrom(billed.as("billed"))
    .select(["billed.value", "billed.verdict", "billed.currency"])
    .select(sumText(sql.ref("billed.effective")).as("effective"))
    .groupBy(["billed.value", "billed.verdict", "billed.currency"])
    .execute();
  return rows.map(({ effective, ...row }) => ({
    cloud,
    ...row,
    effectiveMicros: BigInt(effective),
  }));
}

/** The resource's value of a tag: its own, else an inherited one; null where both are absent or empty. */
function valueOf(db: Kysely<Database>, spelling: TagSpelling): RawBuilder<string | null> {
  const own = firstValue(db, sql.ref("resources.tags"), spelling);
  const inherited = firstValue(db, sql.ref("resources.inherited_tags"), spelling);
  return sql<string | null>`coalesce(${own}, ${inherited})`;
}

/** Of a JSON array of `[key, value, …]`. */
function firstValue(
  db: Kysely<Database>,
  column: RawBuilder<unknown>,
  { spellings, ignoreCase }: TagSpelling,
): RawBuilder<string | null> {
  const fold = (key: string): string => (ignoreCase ? key.toLowerCase() : key);
  const keys = sql.join(spellings.map(fold));
  if (db.getExecutor().adapter instanceof PostgresAdapter) {
    const key = ignoreCase ? sql`lower(tag ->> 0)` : sql`tag ->> 0`;
    return sql`(select nullif(tag ->> 1, '') from json_array_elements(cast(${column} as json)) as tag where ${key} in (${keys}) limit 1)`;
  }
  const found = sql`json_extract(tag.value, '$[0]')`;
  const key = ignoreCase ? sql`lower(${found})` : found;
  return sql`(select nullif(json_extract(tag.value, '$[1]'), '') from json_each(${column}) as tag where ${key} in (${keys}) limit 1)`;
}
