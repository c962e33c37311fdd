import type { Clock } from "../ports/clock.ts";
import type { InventoryStore, ScanWriter } from "../ports/inventory.ts";
import type { Metrics } from "../ports/metrics.ts";

/** The same store; of the scans that this process writes to it their time, cells and resources are measured. */
export function measuredScans(
  inventory: InventoryStore,
  metrics: Metrics,
  clock: Clock,
): InventoryStore {
  const measured = (writer: ScanWriter): ScanWriter => {
    const beganAtMs = clock.now();
    return {
      ...writer,
      endCell: async (outcome) => {
        await writer.endCell(outcome);
        const { cell, status, resources } = outcome;
        metrics.record("scannedCells", 1, { cloud: cell.cloud, status });
        if (resources > 0) metrics.record("scannedResources", resources, {});
      },
      finish: async (status) => {
        const ended = await writer.finish(status);
        metrics.record("scan", clock.now() - beganAtMs, { status });
        return ended;
      },
    };
  };
  return {
    ...inventory,
    beginScan: async (scan) => measured(await inventory.beginScan(scan)),
    beginOrShareScan: async (scan, sinceMs) => {
      const begun = await inventory.beginOrShareScan(scan, sinceMs);
      return begun.kind === "begun" ? { ...begun, writer: measured(begun.writer) } : begun;
    },
  };
}
