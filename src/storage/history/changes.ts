import { type Kysely, sql } from "kysely";
import { type TagDifference, undoDifferences } from "../../domain/compliance/drift/change.ts";
import type { Resource } from "../../domain/resource.ts";
import type { Mark, StoredChange } from "../../ports/history.ts";
import { tagsOf } from "../inventory/stored-tags.ts";
import type { Database } from "../schema.ts";
import { mark } from "./baselines.ts";
import type { KnownPlaces } from "./known-places.ts";

/** Rows read between two turns of the event loop: some milliseconds of work. */
const ROWS_PER_PAGE = 5000;

export async function countChanges(db: Kysely<Database>, after: Mark, upTo: Mark): Promise<number> {
  const { count } = await db
    .selectFrom("resource_changes")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("no", ">", after.changeNo)
    .where("no", "<=", upTo.changeNo)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export interface Share {
  readonly at: number;
  readonly of: number;
}

export async function* changes(
  db: Kysely<Database>,
  { after, upTo }: { readonly after: Mark; readonly upTo: Mark },
  share: Share = { at: 0, of: 1 },
): AsyncGenerator<readonly StoredChange[]> {
  let position = after.changeNo;
  for (;;) {
    let query = db
      .selectFrom("resource_changes")
      .select(["no", "resource_no", "place_id", "kind", "tag_key", "old_value", "new_value"])
      .select(["after_at", "seen_at"])
      .where("no", ">", position)
      .where("no", "<=", upTo.changeNo);
    if (share.of > 1)
      query = query.where(sql<number>`resource_no % cast(${share.of} as bigint)`, "=", share.at);
    const rows = await query.orderBy("no").limit(ROWS_PER_PAGE).execute();
    if (rows.length > 0) yield rows.map(toChange);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_PER_PAGE) return;
    position = last.no;
  }
}

function toChange(row: Omit<Database["resource_changes"], "scan_no">): StoredChange {
  return {
    no: row.no,
    resourceNo: row.resource_no,
    placeId: row.place_id,
    kind: row.kind,
    key: row.tag_key,
    from: row.old_value,
    to: row.new_value,
    afterMs: row.after_at,
    seenMs: row.seen_at,
  };
}

/** Each question is a message to the thread of the database, so they are few and large. */
const RESOURCES_AT_ONCE = 2048;
const NONE: ReadonlyMap<number, readonly TagDifference[]> = new Map();

/** Resources as they were: their tags of now, without the changes that came after `upTo`. */
export async function resourcesAt(
  db: Kysely<Database>,
  places: KnownPlaces,
  { numbers, upTo }: { readonly numbers: readonly number[]; readonly upTo: Mark },
): Promise<ReadonlyMap<number, Resource>> {
  const found = new Map<number, Resource>();
  const isNow = (await mark(db)).changeNo <= upTo.changeNo;
  for (let from = 0; from < numbers.length; from += RESOURCES_AT_ONCE) {
    const batch = numbers.slice(from, from + RESOURCES_AT_ONCE);
    const [later, rows] = await Promise.all([
      isNow ? NONE : laterDifferences(db, batch, upTo),
      storedResources(db, batch),
    ]);
    const placeOf = await places.of(rows.map((row) => row.place_id));
    for (const row of rows) {
      const place = placeOf(row.place_id);
      if (place === undefined) continue;
      const tags = tagsOf(row.tags ?? row.known);
      const differences = later.get(row.no);
      found.set(row.no, {
        cloud: place.cloud,
        account: place.account,
        region: place.region,
        type: place.resourceType,
        id: row.spelling ?? row.resource_key,
        tags:
          tags === null || differences === undefined ? tags : undoDifferences(tags, differences),
        createdAt: row.created_at,
      });
    }
  }
  return found;
}

function storedResources(db: Kysely<Database>, numbers: readonly number[]) {
  return db
    .selectFrom("resources")
    .leftJoin("known_tags", "known_tags.resource_no", "resources.no")
    .select(["resources.no", "resources.place_id", "resources.resource_key", "resources.spelling"])
    .select(["resources.created_at", "resources.tags", "known_tags.tags as known"])
    .where("resources.no", "in", numbers)
    .execute();
}

/** Youngest first, as they have to be undone. */
async function laterDifferences(
  db: Kysely<Database>,
  numbers: readonly number[],
  { changeNo }: Mark,
): Promise<ReadonlyMap<number, readonly TagDifference[]>> {
  const rows = await db
    .selectFrom("resource_changes")
    .select(["resource_no", "tag_key", "old_value", "new_value"])
    .where("resource_no", "in", numbers)
    .where("no", ">", changeNo)
    .where("tag_key", "is not", null)
    .orderBy("no", "desc")
    .execute();
  const later = new Map<number, TagDifference[]>();
  for (const row of rows) {
    const list = later.get(row.resource_no) ?? [];
    list.push({ key: row.tag_key ?? "", from: row.old_value, to: row.new_value });
    later.set(row.resource_no, list);
  }
  return later;
}

/** By place: a range of the primary key, because resources are numbered as they are first seen. */
export async function newResources(
  db: Kysely<Database>,
  { after, upTo }: { readonly after: Mark; readonly upTo: Mark },
  untilMs: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .selectFrom("resources")
    .select(["place_id"])
    .select((eb) => eb.fn.countAll().as("count"))
    .where("no", ">", after.resourceNo)
    .where("no", "<=", upTo.resourceNo)
    .where((eb) => eb.or([eb("gone_at", "is", null), eb("gone_at", ">", untilMs)]))
    .groupBy("place_id")
    .execute();
  return new Map(rows.map((row) => [row.place_id, Number(row.count)]));
}
