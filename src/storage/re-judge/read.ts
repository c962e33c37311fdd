import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely } from "kysely";
import { EVERYTHING } from "../../domain/scan/scope.ts";
import type { StoredForJudging } from "../../ports/re-judge.ts";
import { UNCONFIRMED } from "../inventory/conclude.ts";
import { occupiedPlacesIn } from "../inventory/places.ts";
import { inheritedOf, linksOf, tagsOf } from "../inventory/stored-tags.ts";
import type { Database } from "../schema.ts";

/** Rows read between two turns of the event loop. */
const ROWS_PER_PAGE = 2000;

type Place = Pick<Database["places"], "id" | "cloud" | "account" | "region" | "resource_type">;

/**
 * Reads in the order in which resources were first stored. Those that the latest read could not look for
 * are left out: they are unknown whatever the policy.
 */
export async function* resourcesToJudge(
  db: Kysely<Database>,
): AsyncGenerator<readonly StoredForJudging[]> {
  const rows = await occupiedPlacesIn(db, EVERYTHING)
    .select(["id", "cloud", "account", "region", "resource_type"])
    .execute();
  const places = new Map(rows.map((place) => [place.id, place]));
  for (let after = -1; ; await nextTurn()) {
    const page = await rowsAfter(db, after);
    const found = page.flatMap((row) => {
      const place = places.get(row.place_id);
      return place === undefined || row.state === UNCONFIRMED ? [] : [toStored(row, place)];
    });
    if (found.length > 0) yield found;
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_PER_PAGE) return;
    after = last.no;
  }
}

type Row = Awaited<ReturnType<typeof rowsAfter>>[number];

function rowsAfter(db: Kysely<Database>, after: number) {
  return db
    .selectFrom("resources")
    .select(["no", "place_id", "resource_key", "spelling", "tags", "inherited_tags", "created_at"])
    .select(["verdict", "state", "gap", "had_tags", "links"])
    .where("no", ">", after)
    .where("gone_at", "is", null)
    .orderBy("no")
    .limit(ROWS_PER_PAGE)
    .execute();
}

function toStored(row: Row, place: Place): StoredForJudging {
  const { cloud, account, region, resource_type: type } = place;
  return {
    no: row.no,
    placeId: row.place_id,
    hadTags: row.had_tags === 1,
    verdict: row.verdict,
    state: row.state,
    gap: row.gap,
    resource: {
      cloud,
      account,
      region,
      type,
      id: row.spelling ?? row.resource_key,
      tags: tagsOf(row.tags),
      ...inheritedOf(row.inherited_tags),
      ...linksOf(row.links),
      createdAt: row.created_at,
    },
  };
}
