import { setImmediate as nextTurn } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import type { Resource } from "../../domain/resource.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { ResourceSample } from "../../ports/resource-sample.ts";
import type { Database } from "../schema.ts";
import { occupiedPlacesIn } from "./places.ts";
import { linksOf, tagsOf } from "./stored-tags.ts";

/** Rows read between two turns of the event loop. */
const ROWS_PER_PAGE = 2000;

/** Every n-th resource by its number, which says nothing of the resource itself. */
export function createResourceSample(db: Kysely<Database>): ResourceSample {
  return {
    sample: async (scope, atMost) => {
      const everyNth = Math.max(1, Math.ceil((await countIn(db, scope)) / atMost));
      const found: Resource[] = [];
      let after = -1;
      for (;;) {
        const rows = await rowsAfter(db, { scope, everyNth, after });
        for (const row of rows) found.push(toResource(row));
        const last = rows.at(-1);
        if (last === undefined || rows.length < ROWS_PER_PAGE) return found;
        after = last.no;
        await nextTurn();
      }
    },
  };
}

async function countIn(db: Kysely<Database>, scope: Scope): Promise<number> {
  const { count } = await occupiedPlacesIn(db, scope)
    .select(sql<number | null>`sum(compliant + non_compliant + exempt + out_of_scope)`.as("count"))
    .executeTakeFirstOrThrow();
  return count ?? 0;
}

interface Step {
  readonly scope: Scope;
  readonly everyNth: number;
  readonly after: number;
}

function rowsAfter(
  db: Kysely<Database>,
  { scope, everyNth, after }: Step,
): Promise<
  readonly (Omit<Resource, "tags" | "links"> & {
    no: number;
    tags: string | null;
    links: string | null;
  })[]
> {
  return db
    .selectFrom("resources")
    .innerJoin(
      occupiedPlacesIn(db, scope).selectAll().as("place"),
      "place.id",
      "resources.place_id",
    )
    .select(["resources.no", "resources.tags", "resources.created_at as createdAt", "links"])
    .select(["place.cloud", "place.account", "place.region", "place.resource_type as type"])
    .select(({ fn }) => fn.coalesce("resources.spelling", "resources.resource_key").as("id"))
    .where("resources.no", ">", after)
    .where(sql<boolean>`resources.no % ${sql.lit(everyNth)} = 0`)
    .where("resources.gone_at", "is", null)
    .where("resources.tags", "is not", null)
    .where("resources.verdict", "!=", "unknown")
    .orderBy("resources.no")
    .limit(ROWS_PER_PAGE)
    .execute();
}

function toResource({
  no: _no,
  tags,
  links,
  ...resource
}: Awaited<ReturnType<typeof rowsAfter>>[number]): Resource {
  return { ...resource, tags: tagsOf(tags), ...linksOf(links) };
}
