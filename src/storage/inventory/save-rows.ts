import type { Transaction } from "kysely";
import { AppError } from "../../domain/errors.ts";
import { recordChanges } from "../history/record-changes.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { type ChangedRow, changedRows } from "./changed-row.ts";
import type { DictionaryLookup } from "./dictionary.ts";
import { noteSeen } from "./last-seen.ts";
import { placeAddition } from "./place-sums.ts";
import { RollupChange } from "./rollup.ts";
import { decodeRowId, encodeRowId } from "./row-id.ts";
import { int64, rowInsert, text } from "./row-insert.ts";
import { isSame, type RowsWrite, sight } from "./sighting.ts";

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
  const news = sightings.filter((sighting) => !isSame(sighting));
  if (news.length > 0)
    await rewrite(trx, await changedRows(trx, dictionary, { sightings: news, write }), write);
  const known = sightings.flatMap(({ stored }) => (stored === undefined ? [] : [stored.no]));
  await noteSeen(trx, known, write);
}

async function rewrite(
  trx: Transaction<Database>,
  changed: readonly ChangedRow[],
  write: RowsWrite,
): Promise<void> {
  const rollup = new RollupChange();
  await recordRewrites(trx, changed, write);
  await upsert(trx, changed);
  await dropViolations(trx, changed, rollup);
  await addViolations(trx, changed, rollup);
  for (const { facts, placeId, stored, gap } of changed) {
    if (stored?.gone_at === null) {
      rollup.addResources(stored.place_id, stored.verdict, -1);
      rollup.addGaps(stored.place_id, stored.gap, -1);
    }
    rollup.addResources(placeId, facts.verdict, 1);
    rollup.addGaps(placeId, gap, 1);
  }
  await rollup.apply(trx);
}

/** What was stored is compared with what was seen before it is overwritten. */
async function recordRewrites(
  trx: Transaction<Database>,
  changed: readonly ChangedRow[],
  { scanNo, nowMs }: RowsWrite,
): Promise<void> {
  const rewrites = changed.flatMap(({ stored, placeId, row: { tags } }) =>
    stored === undefined ? [] : [{ resourceNo: stored.no, placeId, tags, goneAt: stored.gone_at }],
  );
  if (rewrites.length > 0) await recordChanges(trx, rewrites, { scanNo, nowMs });
}

const upsert = rowInsert<"resources", ChangedRow>(
  "resources",
  {
    no: int64(({ no }) => no),
    cloud: text(({ row }) => row.place.cloud),
    resource_key: text(({ row }) => row.key),
    spelling: text(({ row }) => row.spelling),
    place_id: int64(({ placeId }) => placeId),
    tags: text(({ row }) => row.tags),
    inherited_tags: text(({ facts }) => facts.inherited),
    links: text(({ facts }) => facts.links),
    created_at: text(({ row }) => row.createdAt),
    verdict: text(({ facts }) => facts.verdict),
    state: text(({ row }) => row.state),
    first_seen_at: int64(({ write }) => write.nowMs),
    last_seen_at: int64(({ write }) => write.nowMs),
    last_scan_no: int64(({ write }) => write.scanNo),
    gone_at: int64(() => null),
    gap: int64(({ gap }) => gap),
    had_tags: int64(({ hadTags }) => (hadTags ? 1 : 0)),
  },
  (insert) =>
    insert.onConflict((conflict) =>
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
    ),
);

async function dropViolations(
  trx: Transaction<Database>,
  changed: readonly ChangedRow[],
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

async function addViolations(
  trx: Transaction<Database>,
  changed: readonly ChangedRow[],
  rollup: RollupChange,
): Promise<void> {
  const nextRow = await reserveRows(trx, changed);
  const rows: Database["violations"][] = [];
  for (const { no, placeId, facts } of changed) {
    for (const { finding, actual, suggestion } of facts.violations) {
      const row = nextRow.get(placeId) ?? 0;
      nextRow.set(placeId, row + 1);
      const id = encodeRowId({ severity: finding.severity, placeId, row });
      rows.push({ id, resource_no: no, finding_id: finding.id, actual, suggestion });
      rollup.addViolations(placeId, finding, 1);
    }
  }
  await insertViolations(trx, rows);
}

const insertViolations = rowInsert<"violations", Database["violations"]>("violations", {
  id: int64((row) => row.id),
  resource_no: int64((row) => row.resource_no),
  finding_id: int64((row) => row.finding_id),
  actual: text((row) => row.actual),
  suggestion: text((row) => row.suggestion),
});

const takeRows = placeAddition(["violation_rows"]);

/** The first free violation row of every place that gets new ones. */
async function reserveRows(
  trx: Transaction<Database>,
  changed: readonly ChangedRow[],
): Promise<Map<number, number>> {
  const wanted = new Map<number, number>();
  for (const { placeId, facts } of changed) {
    const count = facts.violations.length;
    if (count > 0) wanted.set(placeId, (wanted.get(placeId) ?? 0) + count);
  }
  const additions = [...wanted].map(([placeId, count]) => ({ placeId, amounts: [count] }));
  const after = await takeRows(trx, additions);
  return new Map(
    after.map(({ id, violation_rows: last }) => [id, last - (wanted.get(id) ?? 0) + 1]),
  );
}
