import type { Kysely, Transaction } from "kysely";
import type { Scope } from "../../domain/scan/scope.ts";
import type { Cell, CellOutcome } from "../../domain/scan/cell.ts";
import { cellIndex } from "../../domain/scan/cell-index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SnapshotKind } from "../../ports/history.ts";
import type { ScanRecord, ScanWriter } from "../../ports/inventory.ts";
import { markEnd, takeSnapshot } from "../history/take-snapshot.ts";
import type { Database } from "../schema.ts";
import {
  believeBadNews,
  believeOutcomes,
  isInterrupted,
  outcomesOf,
  recordOutcome,
} from "./cells.ts";
import { concludeUnseen, type Looker } from "./conclude.ts";
import { createCommitGroup } from "./commit-group.ts";
import type { Dictionary } from "./dictionary.ts";
import { cellScope, placesIn } from "./places.ts";
import { portions } from "./portions.ts";
import { savePages } from "./save-page.ts";
import type { Page } from "./sighting.ts";
import { closeScan, closedScan, renewLease } from "./scan-rows.ts";

export interface RunningScan extends Looker {
  readonly id: string;
  readonly scope: Scope;
  /** What it is kept as; null when it is not. */
  readonly snapshot: SnapshotKind | null;
}

/** The scans that a store keeps alive. */
export interface RunningScans {
  has(scanNo: number): boolean;
  delete(scanNo: number): void;
}

export interface ScanWriterDeps {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly dictionary: Dictionary;
  readonly running: RunningScans;
}

export function createScanWriter(deps: ScanWriterDeps, scan: RunningScan): ScanWriter {
  const { db, clock, dictionary, running } = deps;
  const group = createCommitGroup<Page>(db, async (trx, pages) => {
    const nowMs = clock.now();
    await renewLease(trx, scan.no, nowMs);
    const within = dictionary.within(trx);
    for (const some of portions(pages))
      await savePages(trx, within, { pages: some, scanNo: scan.no, nowMs });
    return () => dictionary.remember(within);
  });
  const requireRunning = (): void => {
    if (!running.has(scan.no)) throw closedScan();
  };
  const write = async <T>(
    work: (trx: Transaction<Database>, nowMs: number) => Promise<T>,
  ): Promise<T> => {
    requireRunning();
    return group.write(async (trx) => {
      const nowMs = clock.now();
      await renewLease(trx, scan.no, nowMs);
      return work(trx, nowMs);
    });
  };
  return {
    scanId: scan.id,
    saveResources: async (cell, page) => {
      requireRunning();
      await group.store({ cell, page });
    },
    endCell: (outcome) => write((trx, nowMs) => endCell(trx, scan, { outcome, nowMs })),
    finish: async (status) => {
      const record = await write(async (trx, nowMs) => {
        if (status === "complete" || status === "partial")
          return endAnswering(trx, scan, { status, nowMs });
        await believeOutcomes(trx, scan.no, "all_but_interrupted");
        return closeScan(trx, scan.no, { status, nowMs });
      });
      running.delete(scan.no);
      return record;
    },
  };
}

async function endCell(
  trx: Transaction<Database>,
  scan: RunningScan,
  { outcome, nowMs }: { readonly outcome: CellOutcome; readonly nowMs: number },
): Promise<void> {
  await recordOutcome(trx, scan.no, outcome);
  if (isInterrupted(outcome)) return;
  const places = await placesIn(trx, cellScope(outcome.cell)).select("id").execute();
  await concludeUnseen(trx, scan, {
    placeIds: places.map((place) => place.id),
    conclusion: outcome.status === "complete" ? "gone" : "unknown",
    nowMs,
  });
  await believeBadNews(trx, scan.no, outcome);
}

/** Ends a scan that answers for its scope, and keeps what trends and comparisons need of it. */
async function endAnswering(
  trx: Transaction<Database>,
  scan: RunningScan,
  ended: { readonly status: "complete" | "partial"; readonly nowMs: number },
): Promise<ScanRecord> {
  const outcomes = await outcomesOf(trx, scan.no);
  await settleScope(trx, scan, { outcomes, nowMs: ended.nowMs });
  const record = await closeScan(trx, scan.no, ended);
  await markEnd(trx, scan.no, ended.nowMs);
  if (scan.snapshot !== null)
    await takeSnapshot(trx, { no: scan.no, record, kind: scan.snapshot }, outcomes);
  return record;
}

/**
 * A scan that came to its end answers for its whole scope from now on. What no cell of it read (the
 * cell was skipped, the account is no longer configured) therefore counts as unknown: an answer dated
 * by this scan must not rest on anything older.
 */
async function settleScope(
  trx: Transaction<Database>,
  scan: RunningScan,
  { outcomes, nowMs }: { readonly outcomes: readonly CellOutcome[]; readonly nowMs: number },
): Promise<void> {
  const read: readonly Cell[] = outcomes
    .filter((outcome) => !isInterrupted(outcome))
    .map(({ cell }) => cell);
  const isRead = cellIndex(read);
  const places = await placesIn(trx, scan.scope)
    .select(["id", "cloud", "account", "region", "type_key as resourceType"])
    .execute();
  await concludeUnseen(trx, scan, {
    placeIds: places.filter((place) => !isRead(place)).map((place) => place.id),
    conclusion: "unknown",
    nowMs,
  });
  await believeOutcomes(trx, scan.no, "all");
}
