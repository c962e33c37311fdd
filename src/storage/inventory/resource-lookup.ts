import type { Kysely } from "kysely";
import { resourceKey } from "../../domain/resource.ts";
import type { ResourceLookup } from "../../ports/resource-lookup.ts";
import type { Database } from "../schema.ts";
import { lastSeenAt } from "./last-seen.ts";
import { inheritedOf, linksOf, tagsOf } from "./stored-tags.ts";

/** Looks resources up by their keys: one row read each. */
export function createResourceLookup(db: Kysely<Database>): ResourceLookup {
  return {
    find: async (cloud, ids) => {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom("resources")
        .innerJoin("places", "places.id", "resources.place_id")
        .select(["resource_key", "spelling", "tags", "created_at", "verdict"])
        .select((eb) => ["inherited_tags", "links", "gone_at", lastSeenAt(eb).as("seen_at")])
        .select(["places.account", "places.region", "places.resource_type"])
        .where("resources.cloud", "=", cloud)
        .where(
          "resource_key",
          "in",
          ids.map((id) => resourceKey(cloud, id)),
        )
        .execute();
      return rows.map((row) => ({
        resource: {
          cloud,
          account: row.account,
          region: row.region,
          type: row.resource_type,
          id: row.spelling ?? row.resource_key,
          // What counts as unknown now is unknown, whatever tags an earlier read left behind.
          tags: row.verdict === "unknown" ? null : tagsOf(row.tags),
          createdAt: row.created_at,
          ...inheritedOf(row.inherited_tags),
          ...linksOf(row.links),
        },
        verdict: row.verdict,
        lastSeenAt: row.seen_at,
        goneAt: row.gone_at,
      }));
    },
  };
}
