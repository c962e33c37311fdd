import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../domain/errors.ts";
import { ANY } from "../domain/scan/cell.ts";
import { CLOUDS } from "../domain/cloud.ts";
import type { InventoryStore, ScanRecord, StoredProgress } from "../ports/inventory.ts";
import type { ScanWaiter } from "./shared-scans.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
const PAUSE_GROWTH = 1.5;
/** A scan whose process died ends when somebody looks for the dead. */
const LOOK_FOR_DEAD_MS = 5000;

/**
 * Waits for a scan of whatever process to end, and passes on how far it is.
 * @throws {AppError} `cancelled` when the waiter leaves; `internal` when the scan's record vanishes.
 */
export async function followScan(
  inventory: Pick<InventoryStore, "scanProgress" | "failAbandonedScans">,
  scanId: string,
  waiter: ScanWaiter,
): Promise<ScanRecord> {
  let sinceLookMs = 0;
  for (
    let pauseMs = FIRST_PAUSE_MS;
    ;
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, LONGEST_PAUSE_MS)
  ) {
    const progress = await inventory.scanProgress(scanId);
    if (progress === undefined) throw new AppError("internal", "A running scan left no record.");
    if (progress.record.status !== "running") return progress.record;
    report(progress, waiter);
    await pause(pauseMs, waiter.signal);
    sinceLookMs += pauseMs;
    if (sinceLookMs < LOOK_FOR_DEAD_MS) continue;
    sinceLookMs = 0;
    await inventory.failAbandonedScans();
  }
}

function report(
  { record, cellsEnded, resources }: StoredProgress,
  { onProgress }: ScanWaiter,
): void {
  const { clouds, accounts, regions } = record.scope;
  onProgress?.({
    scanId: record.id,
    cellsDone: cellsEnded,
    cellsTotal: cellsEnded + 1,
    resources,
    cloud: clouds[0] ?? CLOUDS[0],
    account: accounts[0] ?? ANY,
    region: regions[0] ?? ANY,
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (cause) {
    throw new AppError("cancelled", "The scan was cancelled.", { cause });
  }
}
