import type { ScanProgress } from "../app/scan.ts";
import { scanProgressText } from "../app/scan-progress-text.ts";
import type { ProgressUpdate } from "./define.ts";
import { plainName } from "./untrusted-text.ts";

/**
 * A scan's progress for the caller. Its words count what a person would, its numbers count cells. One cell
 * can hold the work of minutes, so resources count too, by a share that grows with them and stays below
 * one cell: progress keeps increasing while a cell is read.
 */
export function toScanUpdate(progress: ScanProgress): ProgressUpdate {
  const { cellsDone, cellsTotal, resources } = progress;
  return {
    done: cellsDone + resources / (resources + 10_000),
    total: Math.max(cellsTotal, cellsDone + 1),
    ...(progress.scanId === undefined ? {} : { scanId: progress.scanId }),
    message: scanProgressText(progress, plainName),
  };
}
