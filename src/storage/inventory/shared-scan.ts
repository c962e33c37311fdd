import type { Kysely, Transaction } from "kysely";
import type { NewScan, ScanRecord, StoredProgress } from "../../ports/inventory.ts";
import { isReJudging } from "../re-judge/right.ts";
import type { Database } from "../schema.ts";
import { covers, findScan, insertScan, nextScanNo, scanRecord, snapshotFlag } from "./scan-rows.ts";

/**
 * A scan that answers what the new one would: it runs, or ended at or after `sinceMs`, and has the same
 * policy, the whole scope and the same kind of snapshot. To be asked under the lock that numbers scans,
 * so that of several askers, in whatever process, one finds nothing and the others find that one.
 */
async function findEqualScan(
  trx: Transaction<Database>,
  wanted: NewScan,
  sinceMs: number,
): Promise<ScanRecord | undefined> {
  const rows = await trx
    .selectFrom("scans")
    .selectAll()
    .where("policy_hash", "=", wanted.policyHash)
    .where((eb) =>
      eb.or([
        eb("status", "=", "running"),
        eb.and([eb("status", "in", ["complete", "partial"]), eb("finished_at", ">=", sinceMs)]),
      ]),
    )
    .orderBy("no")
    .execute();
  const kept = snapshotFlag(wanted);
  return rows
    .filter((row) => kept === 0 || row.snapshot === kept)
    .map(scanRecord)
    .find((record) => covers(record.scope, wanted.scope));
}

interface Claim {
  readonly no: number;
  readonly equal: ScanRecord | undefined;
}

/**
 * Numbers a scan and records that it began, unless an equal one is found, or the inventory is being judged
 * anew. @param own.sinceMs null: whatever is found.
 */
export function claimScan(
  db: Kysely<Database>,
  scan: NewScan,
  own: { readonly owner: string; readonly nowMs: number; readonly sinceMs: number | null },
): Promise<Claim | "re_judging"> {
  return db.transaction().execute(async (trx) => {
    if (await isReJudging(trx, own.nowMs)) return "re_judging";
    const no = await nextScanNo(trx);
    const equal = own.sinceMs === null ? undefined : await findEqualScan(trx, scan, own.sinceMs);
    if (equal === undefined) await insertScan(trx, no, scan, own);
    return { no, equal };
  });
}

/** How far a scan is, by the cells it has ended. */
export async function scanProgress(
  db: Kysely<Database>,
  id: string,
): Promise<StoredProgress | undefined> {
  const record = await findScan(db, id);
  if (record === undefined) return undefined;
  const cells = await db
    .selectFrom("scan_cells")
    .innerJoin("scans", "scans.no", "scan_cells.scan_no")
    .select((eb) => [eb.fn.countAll().as("ended"), eb.fn.sum("scan_cells.resources").as("seen")])
    .where("scans.id", "=", id)
    .executeTakeFirstOrThrow();
  return { record, cellsEnded: Number(cells.ended), resources: Number(cells.seen ?? 0) };
}
