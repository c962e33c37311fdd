import type { Transaction } from "kysely";
import { tagGapOf } from "../../domain/compliance/tag-gap.ts";
import { AppError } from "../../domain/errors.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import { recordChanges } from "../history/record-changes.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { takeNumbers } from "./counters.ts";
import type { DictionaryLookup, Finding } from "./dictionary.ts";
import { gapNumber } from "./gap-number.ts";
import { noteSeen } from "./last-seen.ts";
import { addToPlaces } from "./place-sums.ts";
import { RollupChange } from "./rollup.ts";
import { decodeRowId, encodeRowId } from "./row-id.ts";
import { judgedOf, tagsText } from "./seen-row.ts";
import { isSame, type RowsWrite, sight, type Sighting } from "./sighting.ts";
import { inheritedText, linksText } from "./stored-tags.ts";

/**
 * Stores rows. A resource that reads as it did before costs a note of when it was seen; anything else
 * rewrites its row, its violations and the counts.
 */
export async function saveRows(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  write: RowsWrite,
): Promise<void> {
  const sightings = await sight(trx, dictionary, write.rows);
  const changed = sightings.filter((sighting) => !isSame(sighting)).map(read);
  if (changed.length > 0) await rewrite(trx, dictionary, { changed, write });
  const known = sightings.flatMap(({ stored }) => (stored === undefined ? [] : [stored.no]));
  await noteSeen(trx, known, write);
}

/** A sighting that says something new, with what its row will hold. */
interface Changed extends Sighting {
  readonly judged: JudgedResource;
  readonly tags: string | null;
  readonly hadTags: boolean;
  /** As its column holds it; see `gap-number.ts`. */
  readonly gap: number | null;
}

function read(sighting: Sighting): Changed {
  const judged = judgedOf(sighting.row);
  const { tags, hadTags } = judged.resource;
  const had = sighting.stored?.had_tags === 1;
  const gap = tagGapOf(judged, had);
  return {
    ...sighting,
    judged,
    tags: tagsText(tags),
    hadTags: had || hadTags === true || (tags !== null && tags.length > 0),
    gap: gap === null ? null : gapNumber(gap),
  };
}

async function rewrite(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  { changed, write }: { readonly changed: readonly Changed[]; readonly write: RowsWrite },
): Promise<void> {
  const rollup = new RollupChange();
  await recordRewrites(trx, changed, write);
  const numbered = await number(trx, changed);
  await upsert(trx, numbered, write);
  await dropViolations(trx, changed, rollup);
  await insertViolations(trx, dictionary, { numbered, rollup });
  for (const { judged, placeId, stored, gap } of changed) {
    if (stored?.gone_at === null) {
      rollup.addResources(stored.place_id, stored.verdict, -1);
      rollup.addGaps(stored.place_id, stored.gap, -1);
    }
    rollup.addResources(placeId, judged.judgement.verdict, 1);
    rollup.addGaps(placeId, gap, 1);
  }
  await rollup.apply(trx);
}

/** What was stored is compared with what was seen before it is overwritten. */
async function recordRewrites(
  trx: Transaction<Database>,
  changed: readonly Changed[],
  { scanNo, nowMs }: RowsWrite,
): Promise<void> {
  const rewrites = changed.flatMap(({ stored, placeId, tags }) =>
    stored === undefined ? [] : [{ resourceNo: stored.no, placeId, tags, goneAt: stored.gone_at }],
  );
  if (rewrites.length > 0) await recordChanges(trx, rewrites, { scanNo, nowMs });
}

interface Numbered {
  readonly changed: Changed;
  readonly no: number;
}

async function number(
  trx: Transaction<Database>,
  all: readonly Changed[],
): Promise<readonly Numbered[]> {
  const missing = all.filter(({ stored }) => stored === undefined).length;
  let next = missing === 0 ? 0 : await takeNumbers(trx, "resource", missing);
  return all.map((changed) => ({ changed, no: changed.stored?.no ?? next++ }));
}

async function upsert(
  trx: Transaction<Database>,
  numbered: readonly Numbered[],
  { scanNo, nowMs }: RowsWrite,
): Promise<void> {
  const rows = numbered.map(({ no, changed }) => {
    const { resource, judgement } = changed.judged;
    return {
      no,
      cloud: resource.cloud,
      resource_key: changed.row.key,
      spelling: resource.id === changed.row.key ? null : resource.id,
      place_id: changed.placeId,
      tags: changed.tags,
      inherited_tags: inheritedText(resource),
      links: linksText(resource),
      created_at: resource.createdAt,
      verdict: judgement.verdict,
      state: changed.row.state,
      first_seen_at: nowMs,
      last_seen_at: nowMs,
      last_scan_no: scanNo,
      gone_at: null,
      gap: changed.gap,
      had_tags: changed.hadTags ? 1 : 0,
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
          // A resource leaves networks and groups: what an earlier read told may hold no longer.
          links: eb.ref("excluded.links"),
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
  changed: readonly Changed[],
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
  for (const { no, changed } of numbered) {
    const { placeId, judged } = changed;
    for (const violation of judged.judgement.violations) {
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
  for (const { changed } of numbered) {
    const { placeId, judged } = changed;
    const count = judged.judgement.violations.length;
    if (count > 0) wanted.set(placeId, (wanted.get(placeId) ?? 0) + count);
  }
  const additions = [...wanted].map(([placeId, count]) => ({ placeId, amounts: [count] }));
  const after = await addToPlaces(trx, ["violation_rows"], additions);
  return new Map(
    after.map(({ id, violation_rows: last }) => [id, last - (wanted.get(id) ?? 0) + 1]),
  );
}
