import { hash } from "node:crypto";
import type { Transaction } from "kysely";
import type { Violation } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";
import { resourceKey, type TagSet } from "../../domain/resource.ts";
import { type Cell, cellHolds } from "../../domain/scan/cell.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import { recordChanges } from "../history/record-changes.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { takeNumbers } from "./counters.ts";
import type { DictionaryLookup, Finding } from "./dictionary.ts";
import { RollupChange } from "./rollup.ts";
import { decodeRowId, encodeRowId } from "./row-id.ts";

/** One page and what is known when it is stored. */
export interface PageWrite {
  readonly cell: Cell;
  readonly page: readonly JudgedResource[];
  readonly scanNo: number;
  readonly nowMs: number;
}

type StoredResource = Pick<
  Database["resources"],
  "no" | "resource_key" | "place_id" | "verdict" | "state" | "gone_at"
>;

/** A resource of the page beside what is stored of it. */
interface Sighting {
  readonly seen: JudgedResource;
  readonly key: string;
  readonly placeId: number;
  readonly tags: string | null;
  readonly state: string;
  readonly stored: StoredResource | undefined;
}

/**
 * Stores a page. A resource that reads as it did before costs one update of its "last seen"; anything
 * else rewrites the row, its violations and the counts.
 * @throws {AppError} `internal` when the cell does not hold a resource of the page.
 */
export async function savePage(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  write: PageWrite,
): Promise<void> {
  const sightings = await sight(trx, dictionary, write);
  const [same, changed] = [sightings.filter(isSame), sightings.filter((s) => !isSame(s))];
  await touch(trx, same, write);
  if (changed.length === 0) return;
  const rollup = new RollupChange();
  await recordRewrites(trx, changed, write);
  const numbered = await number(trx, changed);
  await upsert(trx, numbered, write);
  await dropViolations(trx, changed, rollup);
  await insertViolations(trx, dictionary, { numbered, rollup });
  for (const { seen, placeId, stored } of changed) {
    if (stored?.gone_at === null) rollup.addResources(stored.place_id, stored.verdict, -1);
    rollup.addResources(placeId, seen.judgement.verdict, 1);
  }
  await rollup.apply(trx);
}

async function sight(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  { cell, page }: PageWrite,
): Promise<readonly Sighting[]> {
  // Clouds repeat a resource across overlapping answers; the last one read is the newest.
  const byKey = new Map<string, JudgedResource>();
  for (const seen of page) {
    if (!cellHolds(cell, seen.resource)) throw strayResource(cell, seen);
    byKey.set(resourceKey(cell.cloud, seen.resource.id), seen);
  }
  const stored = await findStored(trx, cell, [...byKey.keys()]);
  const placeIdOf = await dictionary.placeIds(page.map(({ resource }) => resource));
  const sightings: Sighting[] = [];
  for (const [key, seen] of byKey) {
    const tags = tagsText(seen.resource.tags);
    sightings.push({
      seen,
      key,
      placeId: placeIdOf(seen.resource),
      tags,
      state: stateOf(seen, tags),
      stored: stored.get(key),
    });
  }
  return sightings;
}

async function findStored(
  trx: Transaction<Database>,
  cell: Cell,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredResource>> {
  const stored = new Map<string, StoredResource>();
  for (const batch of batches(keys)) {
    const rows = await trx
      .selectFrom("resources")
      .select(["no", "resource_key", "place_id", "verdict", "state", "gone_at"])
      .where("resource_key", "in", batch)
      .where("cloud", "=", cell.cloud)
      .execute();
    for (const row of rows) stored.set(row.resource_key, row);
  }
  return stored;
}

function isSame({ stored, placeId, state }: Sighting): boolean {
  return stored?.gone_at === null && stored.place_id === placeId && stored.state === state;
}

async function touch(
  trx: Transaction<Database>,
  sightings: readonly Sighting[],
  { scanNo, nowMs }: PageWrite,
): Promise<void> {
  const numbers = sightings.flatMap(({ stored }) => (stored === undefined ? [] : [stored.no]));
  for (const batch of batches(numbers))
    await trx
      .updateTable("resources")
      .set({ last_seen_at: nowMs, last_scan_no: scanNo })
      .where("no", "in", batch)
      .execute();
}

/** What was stored is compared with what was seen before it is overwritten. */
async function recordRewrites(
  trx: Transaction<Database>,
  changed: readonly Sighting[],
  { scanNo, nowMs }: PageWrite,
): Promise<void> {
  const rewrites = changed.flatMap(({ stored, placeId, tags }) =>
    stored === undefined ? [] : [{ resourceNo: stored.no, placeId, tags, goneAt: stored.gone_at }],
  );
  if (rewrites.length > 0) await recordChanges(trx, rewrites, { scanNo, nowMs });
}

interface Numbered {
  readonly sighting: Sighting;
  readonly no: number;
}

async function number(
  trx: Transaction<Database>,
  sightings: readonly Sighting[],
): Promise<readonly Numbered[]> {
  const missing = sightings.filter(({ stored }) => stored === undefined).length;
  let next = missing === 0 ? 0 : await takeNumbers(trx, "resource", missing);
  return sightings.map((sighting) => ({ sighting, no: sighting.stored?.no ?? next++ }));
}

async function upsert(
  trx: Transaction<Database>,
  numbered: readonly Numbered[],
  { scanNo, nowMs }: PageWrite,
): Promise<void> {
  const rows = numbered.map(({ no, sighting }) => {
    const { resource, judgement } = sighting.seen;
    return {
      no,
      cloud: resource.cloud,
      resource_key: sighting.key,
      spelling: resource.id === sighting.key ? null : resource.id,
      place_id: sighting.placeId,
      tags: sighting.tags,
      created_at: resource.createdAt,
      verdict: judgement.verdict,
      state: sighting.state,
      first_seen_at: nowMs,
      last_seen_at: nowMs,
      last_scan_no: scanNo,
      gone_at: null,
    };
  });
  for (const batch of batches(rows))
    await trx
      .insertInto("resources")
      .values(batch)
      .onConflict((conflict) =>
        conflict.columns(["resource_key", "cloud"]).doUpdateSet((eb) => ({
          spelling: eb.ref("excluded.spelling"),
          place_id: eb.ref("excluded.place_id"),
          tags: eb.ref("excluded.tags"),
          created_at: eb.ref("excluded.created_at"),
          verdict: eb.ref("excluded.verdict"),
          state: eb.ref("excluded.state"),
          last_seen_at: eb.ref("excluded.last_seen_at"),
          last_scan_no: eb.ref("excluded.last_scan_no"),
          gone_at: eb.ref("excluded.gone_at"),
        })),
      )
      .execute();
}

async function dropViolations(
  trx: Transaction<Database>,
  changed: readonly Sighting[],
  rollup: RollupChange,
): Promise<void> {
  const numbers = changed.flatMap(({ stored }) => (stored === undefined ? [] : [stored.no]));
  for (const batch of batches(numbers)) {
    const rows = await trx
      .deleteFrom("violations")
      .where("resource_no", "in", batch)
      .returning(["id", "finding_id"])
      .execute();
    for (const row of rows) {
      const position = decodeRowId(row.id);
      if (position === undefined) throw new AppError("internal", "A violation has no position.");
      const { placeId, severity } = position;
      rollup.addViolations(placeId, { id: row.finding_id, severity }, -1);
    }
  }
}

async function insertViolations(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  { numbered, rollup }: { readonly numbered: readonly Numbered[]; readonly rollup: RollupChange },
): Promise<void> {
  const nextRow = await reserveRows(trx, numbered);
  const rows: Database["violations"][] = [];
  for (const { no, sighting } of numbered) {
    const { placeId } = sighting;
    for (const violation of sighting.seen.judgement.violations) {
      const finding: Finding = await dictionary.finding(violation);
      const row = nextRow.get(placeId) ?? 0;
      nextRow.set(placeId, row + 1);
      rows.push({
        id: encodeRowId({ severity: violation.severity, placeId, row }),
        resource_no: no,
        finding_id: finding.id,
        actual: violation.actual,
        suggestion: violation.suggestion,
      });
      rollup.addViolations(placeId, finding, 1);
    }
  }
  for (const batch of batches(rows)) await trx.insertInto("violations").values(batch).execute();
}

/** The first free violation row of every place that gets new ones. */
async function reserveRows(
  trx: Transaction<Database>,
  numbered: readonly Numbered[],
): Promise<Map<number, number>> {
  const wanted = new Map<number, number>();
  for (const { sighting } of numbered) {
    const count = sighting.seen.judgement.violations.length;
    if (count > 0) wanted.set(sighting.placeId, (wanted.get(sighting.placeId) ?? 0) + count);
  }
  const first = new Map<number, number>();
  for (const [placeId, count] of wanted) {
    const { violation_rows: last } = await trx
      .updateTable("places")
      .set((eb) => ({ violation_rows: eb("violation_rows", "+", count) }))
      .where("id", "=", placeId)
      .returning("violation_rows")
      .executeTakeFirstOrThrow();
    first.set(placeId, last - count + 1);
  }
  return first;
}

/** Sorted by key, because clouds give the same tags in any order. */
function tagsText(tags: TagSet | null): string | null {
  if (tags === null) return null;
  const pairs = tags.map(({ key, value }) => [key, value] as const);
  return JSON.stringify(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function stateOf({ resource, judgement }: JudgedResource, tags: string | null): string {
  const text = JSON.stringify([
    tags,
    resource.id,
    resource.createdAt,
    judgement.verdict,
    judgement.violations.map(violationState),
  ]);
  return hash("sha256", text, "base64url").slice(0, 22);
}

function violationState(violation: Violation): readonly (string | null)[] {
  const { kind, tag, severity, expected, actual, suggestion, rule } = violation;
  return [kind, tag, severity, expected, actual, suggestion, rule];
}

function strayResource(cell: Cell, { resource }: JudgedResource): AppError {
  return new AppError("internal", "A reader returned a resource that its cell does not hold.", {
    details: { cell, resource: resource.id, region: resource.region, type: resource.type },
  });
}
