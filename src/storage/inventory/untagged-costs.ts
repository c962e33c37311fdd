import { type Expression, type Kysely, type SqlBool, sql } from "kysely";
import type {
  BilledMonth,
  UntaggedCost,
  UntaggedCosts,
  UntaggedFilter,
  UntaggedPage,
  UntaggedPosition,
} from "../../ports/untagged.ts";
import { billNumbers } from "../costs/resource-costs.ts";
import { sumText } from "../costs/groups.ts";
import type { Database } from "../schema.ts";
import { gapNumber } from "./gap-number.ts";
import { typeKey } from "./places.ts";
import { requireGap, toUntagged, withMissingTags } from "./untagged.ts";

/** Questions about what untagged resources cost, over the database of an inventory and of bills. */
export function createUntaggedCosts(db: Kysely<Database>): UntaggedCosts {
  return {
    totals: (filter, billed) => totals(db, filter, billed),
    dearest: (filter, page) => dearest(db, filter, page),
  };
}

async function totals(
  db: Kysely<Database>,
  filter: UntaggedFilter,
  billed: BilledMonth,
): Promise<readonly UntaggedCost[]> {
  const bills = await billNumbers(db, filter.scope.clouds, [billed.month]);
  if (bills.length === 0 || filter.gaps.length === 0) return [];
  const rows = await costly(db, filter, { bills, minMicros: billed.minMicros })
    .select(["resources.gap", "billed.currency", sumText(sql.ref("billed.cost")).as("effective")])
    .select((eb) => eb.fn.count<number>("resources.no").as("resources"))
    .groupBy(["resources.gap", "billed.currency"])
    .orderBy("billed.currency")
    .orderBy("resources.gap")
    .execute();
  return rows.map(({ gap, currency, resources, effective }) => ({
    gap: requireGap(gap ?? 0),
    currency,
    resources,
    effectiveMicros: BigInt(effective),
  }));
}

async function dearest(
  db: Kysely<Database>,
  filter: UntaggedFilter,
  page: BilledMonth & { readonly limit: number; readonly after: UntaggedPosition | null },
): Promise<UntaggedPage> {
  const bills = await billNumbers(db, filter.scope.clouds, [page.month]);
  if (bills.length === 0 || filter.gaps.length === 0) return { resources: [], next: null };
  const skipped = page.after?.afterRow ?? 0;
  const rows = await costly(db, filter, { bills, minMicros: page.minMicros })
    .select(["resources.no", "resources.gap", "resources.resource_key", "resources.spelling"])
    .select(["resources.created_at", "resources.first_seen_at"])
    .select(["places.cloud", "places.account", "places.region", "places.resource_type"])
    .orderBy("billed.currency")
    .orderBy("billed.cost", "desc")
    .orderBy("resources.no")
    .offset(skipped)
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit);
  return {
    resources: await withMissingTags(
      db,
      shown.map((row) => ({ no: row.no, resource: toUntagged(row, row.gap ?? 0) })),
    ),
    next: rows.length > page.limit ? { afterRow: skipped + shown.length } : null,
  };
}

/** Resources that lack tags and that these bills name, with what they cost in each currency. */
function costly(
  db: Kysely<Database>,
  { scope, gaps, exceptTypes }: UntaggedFilter,
  {
    bills,
    minMicros,
  }: { readonly bills: readonly number[]; readonly minMicros: BilledMonth["minMicros"] },
) {
  const { clouds, accounts, regions, resourceTypes } = scope;
  const cost = sql<bigint>`sum(cost_lines.effective)`;
  let billed = db
    .selectFrom("cost_lines")
    .innerJoin("cost_bills", "cost_bills.no", "cost_lines.bill_no")
    .where("cost_lines.bill_no", "in", bills)
    .where("cost_lines.resource_key", "is not", null)
    .select(["cost_bills.cloud", "cost_lines.resource_key", "cost_lines.currency"])
    .select(cost.as("cost"))
    .groupBy(["cost_bills.cloud", "cost_lines.resource_key", "cost_lines.currency"]);
  if (minMicros !== null) billed = billed.having(sql<SqlBool>`${cost} >= ${minMicros}`);
  return db
    .selectFrom(billed.as("billed"))
    .innerJoin("resources", (join) =>
      join
        .onRef("resources.resource_key", "=", "billed.resource_key")
        .onRef("resources.cloud", "=", "billed.cloud"),
    )
    .innerJoin("places", "places.id", "resources.place_id")
    .where("resources.gone_at", "is", null)
    .where("resources.gap", "in", gaps.map(gapNumber))
    .where((eb) => {
      const within: Expression<SqlBool>[] = [
        ...(clouds.length > 0 ? [eb("places.cloud", "in", clouds)] : []),
        ...(accounts.length > 0 ? [eb("places.account", "in", accounts)] : []),
        ...(regions.length > 0 ? [eb("places.region", "in", regions)] : []),
        ...(resourceTypes.length > 0
          ? [eb("places.type_key", "in", resourceTypes.map(typeKey))]
          : []),
        ...(exceptTypes.length > 0
          ? [eb("places.type_key", "not in", exceptTypes.map(typeKey))]
          : []),
      ];
      return eb.and(within);
    });
}
