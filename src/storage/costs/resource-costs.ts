import { type Kysely, sql } from "kysely";
import type { Cloud } from "../../domain/cloud.ts";
import { resourceKey } from "../../domain/resource.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { CostMatch, ResourceCost, VerdictCost } from "../../ports/cost-store.ts";
import { batches } from "../inventory/batches.ts";
import { typeKey } from "../inventory/places.ts";
import type { Database } from "../schema.ts";
import { sumText } from "./groups.ts";

/** Numbers of the current bills of these months and clouds; `[]` clouds means all. */
export async function billNumbers(
  db: Kysely<Database>,
  clouds: readonly Cloud[],
  months: readonly string[],
): Promise<readonly number[]> {
  if (months.length === 0) return [];
  let query = db
    .selectFrom("cost_bills")
    .select("no")
    .where("state", "=", "current")
    .where("month", "in", months);
  if (clouds.length > 0) query = query.where("cloud", "in", clouds);
  return (await query.execute()).map(({ no }) => no);
}

export async function resourceCosts(
  db: Kysely<Database>,
  resources: readonly { readonly cloud: Cloud; readonly id: string }[],
  months: readonly string[],
): Promise<readonly ResourceCost[]> {
  const costs: ResourceCost[] = [];
  for (const cloud of new Set(resources.map((one) => one.cloud))) {
    const bills = await billNumbers(db, [cloud], months);
    if (bills.length === 0) continue;
    const ids = new Map(
      resources
        .filter((one) => one.cloud === cloud)
        .map(({ id }) => [resourceKey(cloud, id), id] as const),
    );
    for (const keys of batches([...ids.keys()])) {
      const rows = await db
        .selectFrom("cost_lines")
        .where("bill_no", "in", bills)
        .where("resource_key", "in", keys)
        .select(["resource_key", "currency", sumText(sql.ref("effective")).as("effective")])
        .groupBy(["resource_key", "currency"])
        .execute();
      for (const { resource_key: key, currency, effective } of rows)
        costs.push({
          cloud,
          resourceId: ids.get(key ?? "") ?? "",
          currency,
          effectiveMicros: BigInt(effective),
        });
    }
  }
  return costs;
}

export async function verdictCosts(
  db: Kysely<Database>,
  scope: Scope,
  months: readonly string[],
): Promise<readonly VerdictCost[]> {
  const bills = await billNumbers(db, scope.clouds, months);
  if (bills.length === 0) return [];
  let query = db
    .selectFrom("cost_lines")
    .innerJoin("cost_bills", "cost_bills.no", "cost_lines.bill_no")
    .innerJoin("resources", (join) =>
      join
        .onRef("resources.resource_key", "=", "cost_lines.resource_key")
        .onRef("resources.cloud", "=", "cost_bills.cloud"),
    )
    .innerJoin("places", "places.id", "resources.place_id")
    .where("cost_lines.bill_no", "in", bills)
    .where("resources.gone_at", "is", null);
  const { accounts, regions, resourceTypes } = scope;
  if (accounts.length > 0) query = query.where("places.account", "in", accounts);
  if (regions.length > 0) query = query.where("places.region", "in", regions);
  if (resourceTypes.length > 0)
    query = query.where("places.type_key", "in", resourceTypes.map(typeKey));
  const rows = await query
    .select(["places.cloud", "places.account", "resources.verdict", "cost_lines.currency"])
    .select(sumText(sql.ref("cost_lines.effective")).as("effective"))
    .select((eb) => eb.fn.count<number>("resources.no").distinct().as("resources"))
    .groupBy(["places.cloud", "places.account", "resources.verdict", "cost_lines.currency"])
    .execute();
  return rows.map(({ effective, resources, ...row }) => ({
    ...row,
    effectiveMicros: BigInt(effective),
    resources,
  }));
}

export async function match(
  db: Kysely<Database>,
  scope: Scope,
  months: readonly string[],
): Promise<readonly CostMatch[]> {
  const bills = await billNumbers(db, scope.clouds, months);
  if (bills.length === 0) return [];
  let query = db
    .selectFrom("cost_lines")
    .innerJoin("cost_bills", "cost_bills.no", "cost_lines.bill_no")
    .innerJoin("cost_places", "cost_places.id", "cost_lines.place_id")
    .leftJoin("resources", (join) =>
      join
        .onRef("resources.resource_key", "=", "cost_lines.resource_key")
        .onRef("resources.cloud", "=", "cost_bills.cloud"),
    )
    .where("cost_lines.bill_no", "in", bills)
    .where("cost_lines.resource_key", "is not", null);
  if (scope.accounts.length > 0) query = query.where("cost_places.account", "in", scope.accounts);
  const matched = sql`case when resources.no is null then 0 else cost_lines.effective end`;
  const rows = await query
    .select("cost_lines.currency")
    .select([sumText(sql.ref("cost_lines.effective")).as("billed"), sumText(matched).as("matched")])
    .select((eb) => [
      eb.fn.count<number>("cost_lines.resource_key").distinct().as("resources_billed"),
      eb.fn.count<number>("resources.no").distinct().as("resources_matched"),
    ])
    .groupBy("cost_lines.currency")
    .execute();
  return rows.map((row) => ({
    currency: row.currency,
    resourcesBilled: row.resources_billed,
    resourcesMatched: row.resources_matched,
    billedMicros: BigInt(row.billed),
    matchedMicros: BigInt(row.matched),
  }));
}
