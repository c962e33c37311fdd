import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Scope } from "../../domain/scan/scope.ts";
import type { TagSetCount } from "../../ports/inventory.ts";
import type { Database } from "../schema.ts";
import { placesIn } from "./places.ts";
import { tagsOf } from "./stored-tags.ts";

/** Rows read between two turns of the event loop: some milliseconds of work. */
const ROWS_PER_PAGE = 4096;

/**
 * Reads the tags of every resource of a scope, place by place along the index, and counts equal ones
 * within a page in the database. Other work gets its turn after every page, however many there are.
 */
export async function* tagSets(
  db: Kysely<Database>,
  scope: Scope,
): AsyncGenerator<readonly TagSetCount[]> {
  const places = await placesIn(db, scope)
    .select(["id", "cloud", "resource_type"])
    .where((eb) =>
      eb.or([
        eb("compliant", ">", 0),
        eb("non_compliant", ">", 0),
        eb("exempt", ">", 0),
        eb("unknown", ">", 0),
        eb("out_of_scope", ">", 0),
      ]),
    )
    .orderBy("id")
    .execute();
  for (const { id, cloud, resource_type: resourceType } of places) {
    for await (const page of pagesOf(db, id)) {
      yield page.map(({ tags, count }) => ({ cloud, resourceType, tags: tagsOf(tags), count }));
      await nextTurn();
    }
  }
}

interface TagGroup {
  readonly tags: string | null;
  readonly count: number;
  readonly last: number;
}

async function* pagesOf(
  db: Kysely<Database>,
  placeId: number,
): AsyncGenerator<readonly TagGroup[]> {
  let after = -1;
  for (;;) {
    const groups = await groupsAfter(db, placeId, after);
    if (groups.length > 0) yield groups;
    const rows = groups.reduce((sum, { count }) => sum + count, 0);
    if (rows < ROWS_PER_PAGE) return;
    after = Math.max(...groups.map(({ last }) => last));
  }
}

/** What counts as `unknown` now is read as unknown, whatever tags an earlier read left behind. */
function groupsAfter(
  db: Kysely<Database>,
  placeId: number,
  after: number,
): Promise<readonly TagGroup[]> {
  return db
    .selectFrom((eb) =>
      eb
        .selectFrom("resources")
        .select("no")
        .select((row) =>
          row
            .case()
            .when("verdict", "=", "unknown")
            .then(null)
            .else(row.ref("tags"))
            .end()
            .as("tags"),
        )
        .where("place_id", "=", placeId)
        .where("gone_at", "is", null)
        .where("no", ">", after)
        .orderBy("no")
        .limit(ROWS_PER_PAGE)
        .as("page"),
    )
    .select("page.tags")
    .select((eb) => [eb.fn.countAll<number>().as("count"), eb.fn.max<number>("page.no").as("last")])
    .groupBy("page.tags")
    .execute();
}
