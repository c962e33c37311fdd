import type { Cloud } from "../cloud.ts";
import { oncePer } from "../once-per.ts";
import type { CellOutcome, CellReason, CellStatus } from "./cell.ts";

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
  /** All such cells again, those that ended alike folded into one; worst first. */
  readonly groups: readonly ProblemGroup[];
}

/** Cells of one cloud that ended alike. Names are sorted; `*` is every region or every type. */
export interface ProblemGroup {
  readonly cloud: Cloud;
  readonly status: Exclude<CellStatus, "complete">;
  readonly reason: CellReason;
  readonly cells: number;
  /** Resources that were seen in them all the same. */
  readonly resources: number;
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly resourceTypes: readonly string[];
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
    groups: foldProblems(problems),
  };
}

/** The same, kept: for outcomes that several answers share and nobody changes. */
export const keptSummary = oncePer(summarizeCoverage);

/** Cells that are not complete, in as few lines as they have different ends. */
export function foldProblems(outcomes: readonly CellOutcome[]): readonly ProblemGroup[] {
  const groups = new Map<string, GroupParts>();
  for (const { cell, status, reason, resources } of outcomes) {
    if (status === "complete") continue;
    const key = `${cell.cloud} ${status} ${reason}`;
    const group = groups.get(key) ?? emptyGroup(cell.cloud, status, reason ?? "internal_error");
    groups.set(key, group);
    group.cells += 1;
    group.resources += resources;
    group.accounts.add(cell.account);
    group.regions.add(cell.region);
    group.resourceTypes.add(cell.resourceType);
  }
  return [...groups.values()]
    .map(({ accounts, regions, resourceTypes, ...group }) => ({
      ...group,
      accounts: [...accounts].toSorted(),
      regions: [...regions].toSorted(),
      resourceTypes: [...resourceTypes].toSorted(),
    }))
    .toSorted(
      (a, b) =>
        BY_LOSS.indexOf(a.status) - BY_LOSS.indexOf(b.status) ||
        b.cells - a.cells ||
        compare(`${a.cloud} ${a.reason}`, `${b.cloud} ${b.reason}`),
    );
}

interface GroupParts extends Pick<ProblemGroup, "cloud" | "status" | "reason"> {
  cells: number;
  resources: number;
  readonly accounts: Set<string>;
  readonly regions: Set<string>;
  readonly resourceTypes: Set<string>;
}

function emptyGroup(
  cloud: Cloud,
  status: ProblemGroup["status"],
  reason: ProblemGroup["reason"],
): GroupParts {
  return {
    cloud,
    status,
    reason,
    cells: 0,
    resources: 0,
    accounts: new Set(),
    regions: new Set(),
    resourceTypes: new Set(),
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
