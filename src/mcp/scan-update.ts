import type { ScanProgress } from "../app/scan.ts";
import { scanProgressText } from "../app/scan-progress-text.ts";
import { ANY, type CellOutcome, type CellReason } from "../domain/scan/cell.ts";
import type { CallNotice, ProgressUpdate, ToolContext } from "./define.ts";
import { plainName } from "./untrusted-text.ts";

/** Tells a caller how far the scan is that it waits for, and of places that could not be read. */
export function tellOfScan(context: ToolContext): (step: ScanProgress) => void {
  return (step) => {
    context.progress(toScanUpdate(step));
    const { notRead } = step;
    if (notRead !== undefined && isFailure(notRead)) context.notice(toNotice(notRead));
  };
}

/** How a cloud is, or what it does not offer, is nobody's failure; the answer tells of those too. */
const NO_FAILURE: ReadonlySet<CellReason> = new Set([
  "tagged_only",
  "region_not_enabled",
  "api_not_available",
  "cancelled",
]);

function isFailure({ reason }: CellOutcome): boolean {
  return reason !== null && !NO_FAILURE.has(reason);
}

function toNotice({ cell, status, reason, resources }: CellOutcome): CallNotice {
  const place = {
    cloud: cell.cloud,
    account: plainName(cell.account),
    region: plainName(cell.region),
    resource_type: plainName(cell.resourceType),
  };
  const named = Object.values(place).filter((name) => name !== ANY);
  const read = resources > 0 ? "read in part" : "not read";
  return {
    level: "warning",
    code: "cell_not_read",
    message: `${named.join(" ")} was ${read}: ${reason}.`,
    details: { ...place, status, ...(reason === null ? {} : { reason }), resources },
  };
}

/**
 * A scan's progress for the caller. Its words count what a person would, its numbers count cells. One cell
 * can hold the work of minutes, so resources count too, by a share that grows with them and stays below
 * one cell: progress keeps increasing while a cell is read.
 */
function toScanUpdate(progress: ScanProgress): ProgressUpdate {
  const { cellsDone, cellsTotal, resources } = progress;
  return {
    done: cellsDone + resources / (resources + 10_000),
    total: Math.max(cellsTotal, cellsDone + 1),
    ...(progress.scanId === undefined ? {} : { scanId: progress.scanId }),
    message: scanProgressText(progress, plainName),
  };
}
