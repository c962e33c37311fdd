import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { PruneHistory } from "../../ports/history.ts";
import { batches } from "../inventory/batches.ts";
import type { Database } from "../schema.ts";

/** Rows removed in one transaction: some milliseconds, between which others write. */
const ROWS_AT_ONCE = 1024;

/**
 * Removes what is older than its limit, in small transactions. Never removed: the last finished scan of a
 * scope, which answers rest on, and anything that a younger baseline needs.
 */
export function createPruneHistory(db: Kysely<Database>): PruneHistory {
  return async (before, signal) => {
    // Baselines go before the changes and the gone resources that they would need.
    const marksMs = Math.max(before.tagChangesMs, before.goneResourcesMs);
    await db.deleteFrom("scan_marks").where("at", "<", marksMs).execute();
    return {
      tagChanges: await pruneChanges(db, before.tagChangesMs, signal),
      snapshots: await pruneSnapshots(db, before.snapshotsMs, signal),
      scans: await pruneScans(db, before.scansMs, signal),
      goneResources: await pruneGone(db, before.goneResourcesMs, signal),
    };
  };
}

/** Changes are numbered as they are seen, so the oldest have the smallest numbers. */
async function pruneChanges(
  db: Kysely<Database>,
  beforeMs: number,
  signal: AbortSignal,
): Promise<number> {
  for (let removed = 0; ; await nextTurn()) {
    signal.throwIfAborted();
    const rows = await db
      .selectFrom("resource_changes")
      .select(["no", "seen_at"])
      .orderBy("no")
      .limit(ROWS_AT_ONCE)
      .execute();
    const old = rows.filter((row) => row.seen_at < beforeMs).map(({ no }) => no);
    for (const batch of batches(old))
      await db.deleteFrom("resource_changes").where("no", "in", batch).execute();
    removed += old.length;
    if (old.length < ROWS_AT_ONCE) return removed;
  }
}

async function pruneSnapshots(
  db: Kysely<Database>,
  beforeMs: number,
  signal: AbortSignal,
): Promise<number> {
  const old = await db
    .selectFrom("snapshots")
    .select("scan_no")
    .where("started_at", "<", beforeMs)
    .execute();
  for (const { scan_no } of old) {
    signal.throwIfAborted();
    await db.transaction().execute(async (trx) => {
      for (const table of ["snapshot_counts", "snapshot_findings", "snapshots"] as const)
        await trx.deleteFrom(table).where("scan_no", "=", scan_no).execute();
    });
  }
  return old.length;
}

async function pruneScans(
  db: Kysely<Database>,
  beforeMs: number,
  signal: AbortSignal,
): Promise<number> {
  const old = await db
    .selectFrom("scans")
    .select("no")
    .where("finished_at", "<", beforeMs)
    .where("no", "not in", (eb) => eb.selectFrom("snapshots").select("scan_no"))
    .where("no", "not in", (eb) =>
      eb
        .selectFrom("scans as last")
        .select((max) => max.fn.max("last.no").as("no"))
        .where("last.status", "in", ["complete", "partial"])
        .groupBy("last.scope_key"),
    )
    .execute();
  for (const { no } of old) {
    signal.throwIfAborted();
    await db.transaction().execute(async (trx) => {
      await trx.deleteFrom("scan_cells").where("scan_no", "=", no).execute();
      await trx.deleteFrom("scan_marks").where("scan_no", "=", no).execute();
      await trx.deleteFrom("scans").where("no", "=", no).execute();
    });
  }
  return old.length;
}

async function pruneGone(
  db: Kysely<Database>,
  beforeMs: number,
  signal: AbortSignal,
): Promise<number> {
  for (let [after, removed] = [0, 0]; ; await nextTurn()) {
    signal.throwIfAborted();
    const rows = await db
      .selectFrom("resources")
      .select("no")
      .where("gone_at", "<", beforeMs)
      .where("no", ">", after)
      .orderBy("no")
      .limit(ROWS_AT_ONCE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return removed;
    for (const batch of batches(rows.map(({ no }) => no)))
      removed += await removeGone(db, batch, beforeMs);
    after = last.no;
  }
}

/** What came back meanwhile stays: the rows are chosen again under the lock that removes them. */
function removeGone(
  db: Kysely<Database>,
  numbers: readonly number[],
  beforeMs: number,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const gone = await trx
      .deleteFrom("resources")
      .where("no", "in", numbers)
      .where("gone_at", "<", beforeMs)
      .returning("no")
      .execute();
    for (const batch of batches(gone.map(({ no }) => no))) {
      await trx.deleteFrom("sightings").where("resource_no", "in", batch).execute();
      await trx.deleteFrom("known_tags").where("resource_no", "in", batch).execute();
      await trx.deleteFrom("resource_changes").where("resource_no", "in", batch).execute();
    }
    return gone.length;
  });
}
