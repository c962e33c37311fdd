import type { ScanProgress } from "../app/scan.ts";
import type { ProgressUpdate } from "./define.ts";
import { plainName } from "./untrusted-text.ts";

/**
 * A scan's progress for the caller. Cells are the unit, but one cell can hold the work of minutes. So
 * resources count too, by a share that grows with them and stays below one cell: progress keeps
 * increasing while a cell is read.
 */
export function toScanUpdate(progress: ScanProgress): ProgressUpdate {
  const { cellsDone, cellsTotal, resources, cloud, account, region } = progress;
  const where = `${cloud} ${plainName(account)} ${plainName(region)}`;
  return {
    done: cellsDone + resources / (resources + 10_000),
    total: Math.max(cellsTotal, cellsDone + 1),
    ...(progress.scanId === undefined ? {} : { scanId: progress.scanId }),
    message: `${where}: ${cellsDone}/${cellsTotal} cells, ${resources.toLocaleString("en-US")} resources`,
  };
}
