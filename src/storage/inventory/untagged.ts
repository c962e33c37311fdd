import { type Kysely, sql } from "kysely";
import type { TagGap } from "../../domain/compliance/tag-gap.ts";
import { AppError } from "../../domain/errors.ts";
import type {
  UntaggedCount,
  UntaggedFilter,
  UntaggedPage,
  UntaggedPosition,
  UntaggedResource,
  UntaggedResources,
} from "../../ports/untagged.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { type GapNumber, gapNumber, gapOfNumber } from "./gap-number.ts";
import { KeptReads } from "./kept-reads.ts";
import { placesIn, typeKey } from "./places.ts";

/** Questions about what lacks tags, over the database of an inventory. */
export function createUntaggedResources(db: Kysely<Database>): UntaggedResources {
  const kept = new KeptReads(db);
  return {
    counts: (filter) => kept.of("counts", filter, () => counts(db, filter)),
    page: (filter, page) => kept.of("page", [filter, page], () => readPage(db, filter, page)),
  };
}

/** Reads one row per place and gap: its cost does not depend on how many resources there are. */
async function counts(
  db: Kysely<Database>,
  filter: Omit<UntaggedFilter, "gaps">,
): Promise<readonly UntaggedCount[]> {
  const rows = await gapsIn(db, filter)
    .select(["places.cloud", "place_gaps.gap"])
    // Clouds spell a type in several ways; any one of them names it.
    .select((eb) => eb.fn.min("places.resource_type").as("resource_type"))
    .select((eb) => eb.fn.sum<number>("place_gaps.count").as("count"))
    .groupBy(["places.cloud", "places.type_key", "place_gaps.gap"])
    .orderBy("count", "desc")
    .orderBy("places.cloud")
    .orderBy("places.type_key")
    .orderBy("place_gaps.gap")
    .execute();
  return rows.map(({ cloud, resource_type: resourceType, gap, count }) => ({
    cloud,
    resourceType,
    gap: requireGap(gap),
    count,
  }));
}

function gapsIn(db: Kysely<Database>, { scope, exceptTypes }: Omit<UntaggedFilter, "gaps">) {
  const query = placesIn(db, scope).innerJoin("place_gaps", "place_gaps.place_id", "places.id");
  return exceptTypes.length === 0
    ? query
    : query.where("places.type_key", "not in", exceptTypes.map(typeKey));
}

interface Position {
  readonly placeId: number;
  readonly gap: GapNumber;
  readonly no: number;
}

async function readPage(
  db: Kysely<Database>,
  filter: UntaggedFilter,
  { limit, after }: { readonly limit: number; readonly after: UntaggedPosition | null },
): Promise<UntaggedPage> {
  const start = after === null ? undefined : decode(after);
  // One more than asked for tells whether there is a next page.
  const wanted = limit + 1;
  const found: Row[] = [];
  for (const group of await groupsFrom(db, { filter, start, wanted })) {
    const from = start?.placeId === group.placeId && start.gap === group.gap ? start.no : 0;
    found.push(...(await rowsOf(db, group, { from, most: wanted - found.length })));
    if (found.length === wanted) break;
  }
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    resources: await withMissingTags(db, shown),
    next: found.length < wanted || last === undefined ? null : encode(last),
  };
}

/** Resources of one place that lack the same. */
type Group = Pick<Position, "placeId" | "gap">;

/** Groups that are not empty, as many as a page can need: each but the one to resume in has a row. */
async function groupsFrom(
  db: Kysely<Database>,
  question: {
    readonly filter: UntaggedFilter;
    readonly start: Position | undefined;
    readonly wanted: number;
  },
): Promise<readonly Group[]> {
  const { filter, start, wanted } = question;
  if (filter.gaps.length === 0) return [];
  let query = gapsIn(db, filter)
    .select(["places.id", "place_gaps.gap"])
    .where("place_gaps.gap", "in", filter.gaps.map(gapNumber));
  if (start !== undefined) {
    const at = await db
      .selectFrom("places")
      .select(["cloud", "account", "region", "type_key"])
      .where("id", "=", start.placeId)
      .executeTakeFirst();
    if (at === undefined) throw invalidPosition();
    query = query.where((eb) =>
      eb(
        eb.refTuple(
          "places.cloud",
          "places.account",
          "places.region",
          "places.type_key",
          "place_gaps.gap",
        ),
        ">=",
        eb.tuple(at.cloud, at.account, at.region, at.type_key, start.gap),
      ),
    );
  }
  const rows = await query
    .orderBy("places.cloud")
    .orderBy("places.account")
    .orderBy("places.region")
    .orderBy("places.type_key")
    .orderBy("place_gaps.gap")
    .limit(wanted + 1)
    .execute();
  return rows.map(({ id, gap }) => ({ placeId: id, gap }));
}

interface Row extends Position {
  readonly resource: Omit<UntaggedResource, "missingTags">;
}

async function rowsOf(
  db: Kysely<Database>,
  { placeId, gap }: Group,
  { from, most }: { readonly from: number; readonly most: number },
): Promise<readonly Row[]> {
  const rows = await db
    .selectFrom("resources")
    .innerJoin("places", "places.id", "resources.place_id")
    .select(["resources.no", "resources.resource_key", "resources.spelling"])
    .select(["resources.created_at", "resources.first_seen_at"])
    .select(["places.cloud", "places.account", "places.region", "places.resource_type"])
    .where("resources.place_id", "=", placeId)
    .where("resources.gap", "=", gap)
    .where("resources.no", ">", from)
    .orderBy("resources.no")
    .limit(most)
    .execute();
  return rows.map((row) => ({
    placeId,
    gap,
    no: row.no,
    resource: toUntagged(row, gap),
  }));
}

/** A stored resource with its place. */
interface PlacedRow {
  readonly resource_key: string;
  readonly spelling: string | null;
  readonly created_at: string | null;
  readonly first_seen_at: number;
  readonly cloud: UntaggedResource["cloud"];
  readonly account: string;
  readonly region: string;
  readonly resource_type: string;
}

export function toUntagged(row: PlacedRow, gap: GapNumber): Row["resource"] {
  return {
    id: row.spelling ?? row.resource_key,
    cloud: row.cloud,
    account: row.account,
    region: row.region,
    resourceType: row.resource_type,
    gap: requireGap(gap),
    createdAt: row.created_at,
    firstSeenAt: row.first_seen_at,
  };
}

export async function withMissingTags(
  db: Kysely<Database>,
  rows: readonly Pick<Row, "no" | "resource">[],
): Promise<readonly UntaggedResource[]> {
  const missing = new Map<number, string[]>();
  for (const batch of batches(rows.map(({ no }) => no))) {
    const found = await db
      .selectFrom("violations")
      .innerJoin("findings", "findings.id", "violations.finding_id")
      .select(["violations.resource_no", "findings.tag"])
      .where("violations.resource_no", "in", batch)
      .where("findings.kind", "=", sql.lit("missing_required_tag"))
      .orderBy("violations.id")
      .execute();
    for (const { resource_no: no, tag } of found)
      missing.set(no, [...(missing.get(no) ?? []), tag]);
  }
  return rows.map(({ no, resource }) => ({ ...resource, missingTags: missing.get(no) ?? [] }));
}

export function requireGap(number: GapNumber): TagGap {
  const gap = gapOfNumber(number);
  if (gap === undefined) throw new AppError("internal", "A stored gap is of no known kind.");
  return gap;
}

/** 22 bits place (as in `row-id.ts`) · 3 bits gap · 28 bits row = the 53 bits a JavaScript number holds exactly. */
const GAPS = 2 ** 3;
const ROWS = 2 ** 28;

function encode({ placeId, gap, no }: Position): UntaggedPosition {
  if (no >= ROWS)
    throw new AppError("internal", "The inventory outgrew its numbering of resources.");
  return { afterRow: (placeId * GAPS + gap) * ROWS + no };
}

function decode({ afterRow }: UntaggedPosition): Position {
  if (!Number.isSafeInteger(afterRow) || afterRow < 0) throw invalidPosition();
  const group = Math.floor(afterRow / ROWS);
  return { placeId: Math.floor(group / GAPS), gap: group % GAPS, no: afterRow % ROWS };
}

function invalidPosition(): AppError {
  return new AppError("cursor_invalid", "The position in the list of resources is not known.", {
    hint: "Ask again without a cursor.",
  });
}
