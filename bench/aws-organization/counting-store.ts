import type { Verdict } from "../../src/domain/compliance/violation.ts";
import type { CellOutcome } from "../../src/domain/scan/cell.ts";
import type { InventoryStore, JudgedResource } from "../../src/ports/inventory.ts";

export type VerdictTotals = Record<Verdict, number>;

export function noVerdicts(): VerdictTotals {
  return { compliant: 0, non_compliant: 0, exempt: 0, unknown: 0, out_of_scope: 0 };
}

/** Takes what a scan writes and keeps nothing but counts: what a scan costs without a database. */
export interface CountingStore extends Pick<InventoryStore, "beginScan"> {
  readonly totals: VerdictTotals;
  readonly outcomes: readonly CellOutcome[];
}

export function createCountingStore(): CountingStore {
  const totals = noVerdicts();
  const outcomes: CellOutcome[] = [];
  const count = (page: readonly JudgedResource[]): void => {
    for (const { judgement } of page) totals[judgement.verdict] += 1;
  };
  return {
    totals,
    outcomes,
    beginScan: async (scan) => ({
      scanId: scan.id,
      saveResources: async (_cell, page) => count(page),
      endCell: async (outcome) => {
        outcomes.push(outcome);
      },
      finish: async (status) => ({ ...scan, status, finishedAt: Date.now() }),
    }),
  };
}
