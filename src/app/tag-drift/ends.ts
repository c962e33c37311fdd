import { AppError } from "../../domain/errors.ts";
import { ANY, type CellOutcome } from "../../domain/scan/cell.ts";
import { type Scope, scopeCovers } from "../../domain/scan/scope.ts";
import type { Baseline, HistoryStore } from "../../ports/history.ts";
import type { BaselineChoice } from "./baseline-text.ts";

export interface FoundBaseline {
  readonly baseline: Baseline;
  /** False: nothing as old as asked for is stored; this is the oldest there is. */
  readonly asOldAsAsked: boolean;
}

/**
 * Finds what to compare with.
 * @param latestId the scan at the other end, which cannot be its own baseline.
 * @throws {AppError} `not_found`: no such scan, or none of this scope is stored; `invalid_input`: the scan
 * named did not read the whole scope.
 */
export async function findBaseline(
  history: HistoryStore,
  choice: BaselineChoice,
  asked: { readonly scope: Scope; readonly latestId: string; readonly keptDays: number },
): Promise<FoundBaseline> {
  if ("scanId" in choice)
    return { baseline: await named(history, choice.scanId, asked), asOldAsAsked: true };
  const usable = (one: Baseline): boolean =>
    one.scanId !== asked.latestId && scopeCovers(one.scope, asked.scope);
  for await (const baseline of history.baselines(choice.atMs))
    if (usable(baseline)) return { baseline, asOldAsAsked: true };
  let oldest: Baseline | undefined;
  for await (const baseline of history.baselines()) if (usable(baseline)) oldest = baseline;
  if (oldest !== undefined) return { baseline: oldest, asOldAsAsked: false };
  throw new AppError("not_found", "No earlier scan of this scope is stored to compare with.", {
    hint: `Drift needs two scans of the scope. Scans are kept for ${asked.keptDays} days; the scheduled one makes a baseline every day, check_tag_compliance with store_snapshot makes one now.`,
  });
}

async function named(
  history: HistoryStore,
  scanId: string,
  {
    scope,
    latestId,
    keptDays,
  }: { readonly scope: Scope; readonly latestId: string; readonly keptDays: number },
): Promise<Baseline> {
  const baseline = await history.baseline(scanId);
  if (baseline === undefined)
    throw new AppError("not_found", "No finished scan of that id is stored.", {
      hint: `Scans are kept for ${keptDays} days. Ids of snapshots are in get_violation_history with response_format detailed.`,
    });
  if (baseline.scanId === latestId)
    throw new AppError("invalid_input", "The baseline is the latest scan itself.", {
      hint: "Call again with refresh: true, or name an earlier baseline.",
    });
  if (!scopeCovers(baseline.scope, scope))
    throw new AppError("invalid_input", "That scan did not read the whole scope asked about.", {
      hint: "Narrow the scope to what the scan read, or choose another baseline.",
    });
  return baseline;
}

/** The outcomes that speak for a part of the scope. */
export function cellsIn(scope: Scope, outcomes: readonly CellOutcome[]): readonly CellOutcome[] {
  const has = (list: readonly string[], value: string): boolean =>
    list.length === 0 || value === ANY || list.includes(value);
  const types = scope.resourceTypes.map((type) => type.toLowerCase());
  return outcomes.filter(
    ({ cell }) =>
      has(scope.clouds, cell.cloud) &&
      has(scope.accounts, cell.account) &&
      has(scope.regions, cell.region) &&
      has(types, cell.resourceType.toLowerCase()),
  );
}
