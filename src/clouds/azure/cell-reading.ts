import { AppError } from "../../domain/errors.ts";
import type { Resource } from "../../domain/resource.ts";
import { type Cell, cellHolds } from "../../domain/scan/cell.ts";
import { azureUnseen } from "./errors.ts";
import { inheriting } from "./inheriting.ts";
import type { ReadResources } from "./link-columns.ts";
import { cellQuery, type ResourceQuery, separateQueries } from "./resource-graph.ts";
import { AZURE_RESOURCE_TYPES, SUBSCRIPTION_TYPE } from "./resource-types.ts";

type Pages = AsyncGenerator<readonly Resource[]>;

/** Whether each type this build knows can carry tags; by its id in lower case. */
export const TAGGABLE: ReadonlyMap<string, boolean> = new Map(
  AZURE_RESOURCE_TYPES.map(({ id, taggable }) => [id.toLowerCase(), taggable]),
);

/** A type this build does not know is kept: to leave it out would be to call it governed. */
export function belongs(resource: Resource, cell: Cell): boolean {
  return cellHolds(cell, resource) && TAGGABLE.get(resource.type.toLowerCase()) !== false;
}

/** The subscription that this row proves to be readable. */
export function witnessOf({ type, account }: Resource): string | undefined {
  return type === SUBSCRIPTION_TYPE ? account : undefined;
}

/**
 * Reads one cell by queries of its own.
 * @throws {AppError} `cloud_denied` when the subscription did not show itself, and what `ReadResources` throws.
 */
export async function* readAlone(read: ReadResources, cell: Cell, signal: AbortSignal): Pages {
  const apart = separateQueries(cell);
  let begun = false;
  try {
    for await (const page of readQueries(read, [cellQuery(cell)], { cell, signal })) {
      begun = true;
      yield page;
    }
  } catch (error) {
    // Where a joined answer cannot be paged, each table by itself still can.
    const cut = error instanceof AppError && error.code === "cloud_truncated";
    if (begun || !cut || apart.length < 2) throw error;
    yield* readQueries(read, apart, { cell, signal });
  }
}

async function* readQueries(
  read: ReadResources,
  queries: readonly ResourceQuery[],
  { cell, signal }: { readonly cell: Cell; readonly signal: AbortSignal },
): Pages {
  let witnessed = false;
  const inherit = inheriting();
  for (const query of queries)
    for await (const { rows } of read(query, [cell.account], signal)) {
      witnessed ||= rows.some((row) => witnessOf(row) === cell.account);
      const judged = rows.map(inherit).filter((resource) => belongs(resource, cell));
      if (judged.length > 0) yield judged;
    }
  if (!witnessed) throw azureUnseen();
}

/** Reads the cell of one subscription among those that share a query. */
export type ReadMember = (cell: Cell, signal: AbortSignal) => Pages;

/** More rows than one query was planned to have by far: the plan was wrong, and nothing hoards them. */
const MAX_ROWS_HELD = 5000;

/**
 * One query for several small subscriptions, sent when the first of their cells is read. Whatever
 * stops it, and a subscription that does not show itself in the answer, is settled by a query of
 * its own, so that each cell ends as if it had been read alone.
 * @param cells one for each subscription, all of the same place.
 */
export function readTogether(read: ReadResources, cells: readonly Cell[]): ReadMember {
  let answer: Promise<Map<string, readonly Resource[]>> | undefined;
  return async function* readMember(cell, signal) {
    answer ??= load(read, cells, signal);
    const rows = await answer.catch((error: unknown) => {
      if (signal.aborted) throw error;
      return undefined;
    });
    const own = rows?.get(cell.account);
    if (own === undefined) {
      yield* readAlone(read, cell, signal);
      return;
    }
    // Handed over once: what was stored need not be held.
    rows?.delete(cell.account);
    if (own.length > 0) yield own;
  };
}

/** Rows of each subscription that showed itself, and was read to its end. */
async function load(
  read: ReadResources,
  cells: readonly Cell[],
  signal: AbortSignal,
): Promise<Map<string, readonly Resource[]>> {
  const [first] = cells;
  if (first === undefined) return new Map();
  const subscriptions = cells.map(({ account }) => account);
  const cellOf = new Map(cells.map((cell) => [cell.account, cell]));
  const found = new Map<string, Resource[]>(cells.map(({ account }) => [account, []]));
  const witnessed = new Set<string>();
  const inherit = inheriting();
  let held = 0;
  for await (const { rows } of read(cellQuery(first), subscriptions, signal)) {
    held += rows.length;
    if (held > MAX_ROWS_HELD) return new Map();
    for (const row of rows) {
      witnessed.add(witnessOf(row) ?? "");
      const cell = cellOf.get(row.account);
      const resource = inherit(row);
      if (cell !== undefined && belongs(row, cell)) found.get(row.account)?.push(resource);
    }
  }
  return new Map([...found].filter(([account]) => witnessed.has(account)));
}
