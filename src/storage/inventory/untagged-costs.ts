import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from "kysely";
import type { Scope } from "../../domain/scan/scope.ts";
import type {
  BilledMonth,
  UntaggedCost,
  UntaggedCosts,
  UntaggedFilter,
  UntaggedPage,
  UntaggedPosition,
} from "../../ports/untagged.ts";
import { sumText } from "../costs/groups.ts";
import { weigh } from "../costs/weights.ts";
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
  { month, minMicros }: BilledMonth,
): Promise<readonly UntaggedCost[]> {
  await weigh(db, filter.scope.clouds, month);
  const found = await costly(db, filter, { month, minMicros });
  if (found === null) return [];
  const rows = await found
    .select(["resources.gap", "resource_costs.currency"])
    .select(sumText(sql.ref("resource_costs.effective")).as("effective"))
    .select((eb) => eb.fn.countAll<number>().as("resources"))
    .groupBy(["resources.gap", "resource_costs.currency"])
    .orderBy("resource_costs.currency")
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
  await weigh(db, filter.scope.clouds, page.month);
  const found = await costly(db, filter, page);
  if (found === null) return { resources: [], next: null };
  const skipped = page.after?.afterRow ?? 0;
  const rows = await found
    .select(["resources.no", "resources.gap", "resources.resource_key", "resources.spelling"])
    .select(["resources.created_at", "resources.first_seen_at"])
    .select(["places.cloud", "places.account", "places.region", "places.resource_type"])
    .orderBy("resource_costs.currency")
    .orderBy("resource_costs.effective", "desc")
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

/** Up to so many resources it is quicker to look up what each costs than to walk down the costs. */
const FEW_RESOURCES = 30_000;

/**
 * Resources that lack tags and that the month's bills name, with what they cost in each currency. Null
 * when none lacks them. SQLite keeps no statistics to choose by, so the order of the joins is said here;
 * PostgreSQL takes a cross join with conditions for any other join.
 */
async function costly(
  db: Kysely<Database>,
  filter: UntaggedFilter,
  { month, minMicros }: BilledMonth,
) {
  const { scope, gaps, exceptTypes } = filter;
  const numbers = gaps.map(gapNumber);
  const candidates = numbers.length === 0 ? 0 : await countOf(db, filter);
  if (candidates === 0) return null;
  const tables =
    candidates <= FEW_RESOURCES
      ? db.selectFrom("places").crossJoin("resources").crossJoin("resource_costs")
      : db.selectFrom("resource_costs").crossJoin("resources").crossJoin("places");
  return tables
    .whereRef("resources.place_id", "=", "places.id")
    .whereRef("resource_costs.resource_key", "=", "resources.resource_key")
    .whereRef("resource_costs.cloud", "=", "resources.cloud")
    .where("resource_costs.month", "=", month)
    .where("resources.gap", "in", numbers)
    .where("resources.gone_at", "is", null)
    .where((eb) =>
      eb.and([
        ...conditionsOf(eb, scope, exceptTypes),
        ...(minMicros === null ? [] : [sql<SqlBool>`resource_costs.effective >= ${minMicros}`]),
      ]),
    );
}

async function countOf(
  db: Kysely<Database>,
  { scope, gaps, exceptTypes }: UntaggedFilter,
): Promise<number> {
  const { count } = await db
    .selectFrom("places")
    .innerJoin("place_gaps", "place_gaps.place_id", "places.id")
    .where("place_gaps.gap", "in", gaps.map(gapNumber))
    .where((eb) => eb.and(conditionsOf(eb, scope, exceptTypes)))
    .select((eb) => eb.fn.sum<number | null>("place_gaps.count").as("count"))
    .executeTakeFirstOrThrow();
  return count ?? 0;
}

function conditionsOf(
  eb: ExpressionBuilder<Database, "places">,
  { clouds, accounts, regions, resourceTypes }: Scope,
  exceptTypes: readonly string[],
): readonly Expression<SqlBool>[] {
  return [
    ...(clouds.length > 0 ? [eb("places.cloud", "in", clouds)] : []),
    ...(accounts.length > 0 ? [eb("places.account", "in", accounts)] : []),
    ...(regions.length > 0 ? [eb("places.region", "in", regions)] : []),
    ...(resourceTypes.length > 0 ? [eb("places.type_key", "in", resourceTypes.map(typeKey))] : []),
    ...(exceptTypes.length > 0 ? [eb("places.type_key", "not in", exceptTypes.map(typeKey))] : []),
  ];
}
