import { setImmediate as nextTurn } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import type { Scope } from "../../domain/scan/scope.ts";
import type { TaggedCost } from "../../ports/cost-store.ts";
import { occupiedPlacesIn } from "../inventory/places.ts";
import { tagsOf } from "../inventory/stored-tags.ts";
import type { Database } from "../schema.ts";
import { weigh } from "./weights.ts";

/** Resources read between two turns of the event loop. */
const RESOURCES_PER_PAGE = 2048;

/** Place by place along the index, as `tagSets` reads them, so that both see the same resources. */
export async function* taggedCosts(
  db: Kysely<Database>,
  scope: Scope,
  month: string,
): AsyncGenerator<readonly TaggedCost[]> {
  const billed = await weigh(db, scope.clouds, month);
  const places = await occupiedPlacesIn(db, scope)
    .select(["id", "cloud", "resource_type"])
    .orderBy("id")
    .execute();
  for (const { id, cloud, resource_type: resourceType } of places) {
    if (!billed.includes(cloud)) continue;
    for await (const page of pagesOf(db, id, month)) {
      yield page.flatMap(({ tags, method, currency, effective }) => {
        const known = tagsOf(tags);
        if (known === null || method === null || currency === null || effective === null) return [];
        return [
          {
            cloud,
            resourceType,
            tags: known,
            method,
            currency,
            effectiveMicros: BigInt(effective),
          },
        ];
      });
      await nextTurn();
    }
  }
}

type Row = Awaited<ReturnType<typeof rowsAfter>>[number];

async function* pagesOf(
  db: Kysely<Database>,
  placeId: number,
  month: string,
): AsyncGenerator<readonly Row[]> {
  for (let after = -1; ; ) {
    const rows = await rowsAfter(db, { month, placeId, after });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.no;
  }
}

/** A page of a place's resources, billed or not, so that its end is known. */
function rowsAfter(
  db: Kysely<Database>,
  {
    month,
    placeId,
    after,
  }: { readonly month: string; readonly placeId: number; readonly after: number },
) {
  return db
    .selectFrom((eb) =>
      eb
        .selectFrom("resources")
        .select(["no", "cloud", "resource_key"])
        // What counts as unknown now is not known, whatever tags an earlier read left behind.
        .select(sql<string | null>`case verdict when 'unknown' then null else tags end`.as("tags"))
        .where("place_id", "=", placeId)
        .where("gone_at", "is", null)
        .where("no", ">", after)
        .orderBy("no")
        .limit(RESOURCES_PER_PAGE)
        .as("page"),
    )
    .leftJoin("resource_costs", (join) =>
      join
        .onRef("resource_costs.resource_key", "=", "page.resource_key")
        .onRef("resource_costs.cloud", "=", "page.cloud")
        .on("resource_costs.month", "=", month),
    )
    .select(["page.no", "page.tags", "resource_costs.method", "resource_costs.currency"])
    .select(sql<string | null>`cast(resource_costs.effective as text)`.as("effective"))
    .orderBy("page.no")
    .execute();
}
