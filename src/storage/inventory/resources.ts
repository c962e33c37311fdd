import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Scope } from "../../domain/scan/scope.ts";
import type { StoredResource } from "../../ports/inventory.ts";
import type { Database } from "../schema.ts";
import { occupiedPlacesIn } from "./places.ts";
import { inheritedOf, tagsOf } from "./stored-tags.ts";

/** Rows read between two turns of the event loop: some milliseconds of work. */
const ROWS_PER_PAGE = 2000;

/** Reads the resources of a scope place by place, along the index, in the order they were first stored. */
export async function* resources(
  db: Kysely<Database>,
  scope: Scope,
): AsyncGenerator<readonly StoredResource[]> {
  const places = await occupiedPlacesIn(db, scope)
    .select(["id", "cloud", "account", "region", "resource_type"])
    .orderBy("id")
    .execute();
  for (const place of places) {
    let after = -1;
    for (;;) {
      const rows = await rowsAfter(db, place.id, after);
      if (rows.length > 0) yield rows.map((row) => toResource(place, row));
      await nextTurn();
      const last = rows.at(-1);
      if (last === undefined || rows.length < ROWS_PER_PAGE) break;
      after = last.no;
    }
  }
}

type Place = Pick<Database["places"], "id" | "cloud" | "account" | "region" | "resource_type">;
type Row = Pick<
  Database["resources"],
  "no" | "resource_key" | "spelling" | "tags" | "inherited_tags" | "created_at" | "verdict"
>;

function rowsAfter(db: Kysely<Database>, placeId: number, after: number): Promise<readonly Row[]> {
  return db
    .selectFrom("resources")
    .select(["no", "resource_key", "spelling", "tags", "inherited_tags", "created_at", "verdict"])
    .where("place_id", "=", placeId)
    .where("gone_at", "is", null)
    .where("no", ">", after)
    .orderBy("no")
    .limit(ROWS_PER_PAGE)
    .execute();
}

function toResource(place: Place, row: Row): StoredResource {
  const { cloud, account, region, resource_type: type } = place;
  return {
    verdict: row.verdict,
    resource: {
      cloud,
      account,
      region,
      type,
      id: row.spelling ?? row.resource_key,
      // What counts as unknown now is unknown, whatever tags an earlier read left behind.
      tags: row.verdict === "unknown" ? null : tagsOf(row.tags),
      ...inheritedOf(row.inherited_tags),
      createdAt: row.created_at,
    },
  };
}
