import type { CellOutcome } from "./cell.ts";

/** What an answer rests on: how many cells were read to their end, and which were not, and why. */
export interface Coverage {
  readonly cellsTotal: number;
  readonly cellsComplete: number;
  /** Every cell of the scope was read to its end. False too when there was no cell at all. */
  readonly complete: boolean;
  /** Cells that were not read to their end, worst first; at most `MAX_PROBLEMS`. */
  readonly problems: readonly CellOutcome[];
  /** All such cells, including those beyond the list. */
  readonly problemCount: number;
}

export const MAX_PROBLEMS = 50;

/** Cells of which nothing was read come before those of which something was. */
const BY_LOSS = ["denied", "failed", "disabled_region", "unsupported", "skipped", "partial"];

export function summarizeCoverage(outcomes: readonly CellOutcome[]): Coverage {
  const problems = outcomes.filter((outcome) => outcome.status !== "complete");
  return {
    cellsTotal: outcomes.length,
    cellsComplete: outcomes.length - problems.length,
    complete: outcomes.length > 0 && problems.length === 0,
    problems: problems.toSorted(byLoss).slice(0, MAX_PROBLEMS),
    problemCount: problems.length,
  };
}

function byLoss(a: CellOutcome, b: CellOutcome): number {
  return (
    BY_LOSS.indexOf(a.status) - BY_LOSS.indexOf(b.status) ||
    compare(a.cell.cloud, b.cell.cloud) ||
    compare(a.cell.account, b.cell.account) ||
    compare(a.cell.region, b.cell.region) ||
    compare(a.cell.resourceType, b.cell.resourceType)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
