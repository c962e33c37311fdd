import type { AppError } from "../../src/domain/errors.ts";
import type { Resource } from "../../src/domain/resource.ts";
import { type Cell, type CellOutcome, cellKey } from "../../src/domain/scan/cell.ts";
import { EVERYTHING, type Scope } from "../../src/domain/scan/scope.ts";
import type { CellReader, CloudProvider } from "../../src/ports/cloud.ts";
import type { Logger } from "../../src/ports/logger.ts";

export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface CellRead {
  readonly cell: Cell;
  readonly sees: CellReader["sees"];
  readonly resources: readonly Resource[];
  /** What the read threw at its end. */
  readonly failure: AppError | undefined;
}

export interface InventoryRead {
  readonly cells: readonly CellRead[];
  readonly gaps: readonly CellOutcome[];
  readonly resources: readonly Resource[];
}

/** Plans a scope and reads all of its cells at once, the way a scan does. */
export async function readInventory(
  provider: CloudProvider,
  scope: Partial<Scope> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<InventoryRead> {
  const gaps: CellOutcome[] = [];
  const reads: Promise<CellRead>[] = [];
  const wanted: Scope = { ...EVERYTHING, clouds: ["aws"], ...scope };
  for await (const planned of provider.inventory.plan(wanted, signal)) {
    if (planned.kind === "gap") gaps.push(planned.outcome);
    else reads.push(readCell(planned.reader, signal));
  }
  const cells = await Promise.all(reads);
  return { cells, gaps, resources: cells.flatMap(({ resources }) => resources) };
}

async function readCell(reader: CellReader, signal: AbortSignal): Promise<CellRead> {
  const resources: Resource[] = [];
  const { cell, sees } = reader;
  try {
    for await (const page of reader.read(signal)) resources.push(...page);
  } catch (error) {
    return { cell, sees, resources, failure: error as AppError };
  }
  return { cell, sees, resources, failure: undefined };
}

/** A resource as a test compares it: tags in the order of their keys. */
export function comparable({ account, region, type, id, tags }: Resource): object {
  const sorted = tags?.toSorted((a, b) => (a.key < b.key ? -1 : 1)) ?? null;
  return { account, region, type, id, tags: sorted };
}

export function cellKeys(cells: readonly { readonly cell: Cell }[]): readonly string[] {
  return cells.map(({ cell }) => cellKey(cell)).toSorted();
}
