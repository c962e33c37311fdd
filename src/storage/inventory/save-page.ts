import type { Transaction } from "kysely";
import { AppError } from "../../domain/errors.ts";
import { recordChanges } from "../history/record-changes.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { takeNumbers } from "./counters.ts";
import type { DictionaryLookup, Finding } from "./dictionary.ts";
import { RollupChange } from "./rollup.ts";
import { decodeRowId, encodeRowId } from "./row-id.ts";
import { isSame, type PageWrite, sight, type Sighting } from "./sighting.ts";
import { inheritedText } from "./stored-tags.ts";

/**
 * Stores pages. A resource that reads as it did before costs one update of its "last seen"; anything
 * else rewrites the row, its violations and the counts.
 * @throws {AppError} `internal` when a cell does not hold a resource of its page.
 */
export async function savePages(
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
  for (const { seen, placeId, stored, gap } of changed) {
    if (stored?.gone_at === null) {
      rollup.addResources(stored.place_id, stored.verdict, -1);
      rollup.addGaps(stored.place_id, stored.gap, -1);
    }
    rollup.addResources(placeId, seen.judgement.verdict, 1);
    rollup.addGaps(placeId, gap, 1);
  }
  await rollup.apply(trx);
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
      inherited_tags: inheritedText(resource),
      created_at: resource.createdAt,
      verdict: judgement.verdict,
      state: sighting.state,
      first_seen_at: nowMs,
      last_seen_at: nowMs,
      last_scan_no: scanNo,
      gone_at: null,
      gap: sighting.gap,
      had_tags: sighting.hadTags ? 1 : 0,
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
          // A narrower read may not tell of them; what an earlier one told still holds.
          inherited_tags: eb.fn.coalesce("excluded.inherited_tags", "resources.inherited_tags"),
          created_at: eb.ref("excluded.created_at"),
          verdict: eb.ref("excluded.verdict"),
          state: eb.ref("excluded.state"),
          last_seen_at: eb.ref("excluded.last_seen_at"),
          last_scan_no: eb.ref("excluded.last_scan_no"),
          gone_at: eb.ref("excluded.gone_at"),
          gap: eb.ref("excluded.gap"),
          had_tags: eb.ref("excluded.had_tags"),
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
