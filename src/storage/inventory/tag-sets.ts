import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely, Selectable } from "kysely";
import type { Scope } from "../../domain/scan/scope.ts";
import type { TagSetCount } from "../../ports/inventory.ts";
import type { Database } from "../schema.ts";
import { occupiedPlacesIn } from "./places.ts";
import { tagsOf } from "./stored-tags.ts";

/** Rows read between two turns of the event loop: some milliseconds of work. */
const ROWS_PER_PAGE = 2048;

/**
 * Reads the tags of every resource of a scope, place by place along the index, and counts equal ones
 * within a page before they are parsed. Other work gets its turn after every page, however many there are.
 */
export async function* tagSets(
  db: Kysely<Database>,
  scope: Scope,
): AsyncGenerator<readonly TagSetCount[]> {
  const places = await occupiedPlacesIn(db, scope)
    .select(["id", "cloud", "resource_type"])
    .orderBy("id")
    .execute();
  for (const { id, cloud, resource_type: resourceType } of places) {
    for await (const page of pagesOf(db, id)) {
      yield [...page].map(([tags, count]) => ({ cloud, resourceType, tags: tagsOf(tags), count }));
      await nextTurn();
    }
  }
}

/** Pages of one place: the JSON of tags, null where they are not known, to how many rows have it. */
async function* pagesOf(
  db: Kysely<Database>,
  placeId: number,
): AsyncGenerator<ReadonlyMap<string | null, number>> {
  let after = -1;
  for (;;) {
    const rows = await rowsAfter(db, placeId, after);
    // Counted here and not by SQL: most resources have a name of their own, and sorting them by their
    // tags costs the database several times what reading them does.
    const counts = new Map<string | null, number>();
    for (const { tags, verdict } of rows) {
      // What counts as unknown now is not known, whatever tags an earlier read left behind.
      const known = verdict === "unknown" ? null : tags;
      counts.set(known, (counts.get(known) ?? 0) + 1);
    }
    if (counts.size > 0) yield counts;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_PER_PAGE) return;
    after = last.no;
  }
}

function rowsAfter(
  db: Kysely<Database>,
  placeId: number,
  after: number,
): Promise<readonly Pick<Selectable<Database["resources"]>, "no" | "tags" | "verdict">[]> {
  return db
    .selectFrom("resources")
    .select(["no", "tags", "verdict"])
    .where("place_id", "=", placeId)
    .where("gone_at", "is", null)
    .where("no", ">", after)
    .orderBy("no")
    .limit(ROWS_PER_PAGE)
    .execute();
}
