import { setImmediate as nextTurn } from "node:timers/promises";
import { type Kysely, type SqlBool, sql } from "kysely";
import type { Cloud } from "../../domain/cloud.ts";
import type { TagSet } from "../../domain/resource.ts";
import type { StoredTags } from "../../ports/stored-tags.ts";
import type { Database } from "../schema.ts";
import { tagsOf } from "./stored-tags.ts";

/** Resources found between two turns of the event loop. */
const ROWS_PER_PAGE = 1024;

/** Reads along the primary key: the text of tags has no index, and reading it all takes about a second a million. */
export function createStoredTags(db: Kysely<Database>): StoredTags {
  return { holding: (cloud, keys) => holding(db, cloud, keys) };
}

async function* holding(
  db: Kysely<Database>,
  cloud: Cloud,
  keys: readonly string[],
): AsyncGenerator<ReadonlyMap<string, TagSet>> {
  if (keys.length === 0) return;
  for (let after = -1; ; ) {
    const rows = await db
      .selectFrom("resources")
      .select(["no", "resource_key", "tags"])
      .where("cloud", "=", cloud)
      .where("no", ">", after)
      // As a key stands in the column; `_` and `%` in one find a few resources too many.
      .where((eb) =>
        eb.or(keys.map((key) => sql<SqlBool>`lower(tags) like ${`%["${key.toLowerCase()}%`}`)),
      )
      .orderBy("no")
      .limit(ROWS_PER_PAGE)
      .execute();
    if (rows.length > 0)
      yield new Map(rows.map(({ resource_key: key, tags }) => [key, tagsOf(tags) ?? []]));
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_PER_PAGE) return;
    after = last.no;
    await nextTurn();
  }
}
