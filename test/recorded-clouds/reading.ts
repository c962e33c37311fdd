import type { Resource } from "../../src/domain/resource.ts";
import type { Cell, CellOutcome } from "../../src/domain/scan/cell.ts";
import { EVERYTHING, type Scope } from "../../src/domain/scan/scope.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";

/** What came of reading one cell to its end or its failure. */
export interface CellRead {
  readonly cell: Cell;
  readonly resources: readonly Resource[];
  readonly error: unknown;
}

export interface ScopeRead {
  readonly cells: readonly CellRead[];
  readonly gaps: readonly CellOutcome[];
}

export const NEVER: AbortSignal = new AbortController().signal;

/** Reads every cell of a scope, one after the other, as a scan does. */
export async function readScope(
  provider: CloudProvider,
  narrowed: Partial<Scope> = {},
  signal: AbortSignal = NEVER,
): Promise<ScopeRead> {
  const cells: CellRead[] = [];
  const gaps: CellOutcome[] = [];
  for await (const planned of provider.inventory.plan({ ...EVERYTHING, ...narrowed }, signal)) {
    if (planned.kind === "gap") {
      gaps.push(planned.outcome);
      continue;
    }
    const { reader } = planned;
    const resources: Resource[] = [];
    let error: unknown;
    try {
      for await (const page of reader.read(signal)) resources.push(...page);
    } catch (thrown) {
      error = thrown;
    }
    cells.push({ cell: reader.cell, resources, error });
  }
  return { cells, gaps };
}

export function allResources({ cells }: ScopeRead): readonly Resource[] {
  return cells.flatMap(({ resources }) => resources);
}
