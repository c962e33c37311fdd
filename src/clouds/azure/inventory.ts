import type { Resource } from "../../domain/resource.ts";
import { ANY, type Cell, cellHolds } from "../../domain/scan/cell.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import { type AccountName, chooseAccounts } from "../../domain/scan/unknown-account.ts";
import type { CellReader, Inventory, PlannedCell } from "../../ports/cloud.ts";
import {
  cellQueries,
  parseResourcePage,
  queryBody,
  RESOURCE_GRAPH_PATH,
} from "./resource-graph.ts";
import { AZURE_RESOURCE_TYPES } from "./resource-types.ts";
import type { AzureSession } from "./session.ts";
import { listManagedSubscriptions, listSubscriptions } from "./subscriptions.ts";

export interface AzureInventoryOptions {
  /** Subscription ids to read; empty means all that the credential can read. */
  readonly subscriptions: readonly string[];
  /** Management group names; their subscriptions are added to `subscriptions`. */
  readonly managementGroups: readonly string[];
}

/**
 * Reads Azure through Resource Graph, which lists tagged and untagged resources alike. One cell per
 * subscription and, where the scope names them, per region and type: then each is a query of its own.
 * The scope's regions and types are names of our own lists; only such names reach a query.
 */
export function createAzureInventory(
  session: AzureSession,
  options: AzureInventoryOptions,
): Inventory {
  return { plan: (scope, signal) => plan(session, options, { scope, signal }) };
}

async function* plan(
  session: AzureSession,
  options: AzureInventoryOptions,
  { scope, signal }: { readonly scope: Scope; readonly signal: AbortSignal },
): AsyncGenerator<PlannedCell> {
  const readable = await listSubscriptions(session, signal);
  const governed = await governedSubscriptions(session, options, { readable, signal });
  const asked = scope.accounts.map((id) => id.toLowerCase());
  const readableIds = new Set(readable.map(({ id }) => id));
  for (const { id } of chooseAccounts(asked, governed))
    for (const region of scope.regions.length === 0 ? [ANY] : new Set(scope.regions))
      for (const resourceType of typesIn(scope)) {
        const cell: Cell = { cloud: "azure", account: id, region, resourceType };
        yield readableIds.has(id)
          ? { kind: "reader", reader: reader(session, cell) }
          : denied(cell);
      }
}

/** What the configuration says is governed, whether or not it can be read; by default all readable. */
async function governedSubscriptions(
  session: AzureSession,
  options: AzureInventoryOptions,
  known: { readonly readable: readonly AccountName[]; readonly signal: AbortSignal },
): Promise<readonly AccountName[]> {
  const { subscriptions, managementGroups } = options;
  if (subscriptions.length + managementGroups.length === 0) return known.readable;
  const names = new Map(known.readable.map(({ id, name }) => [id, name]));
  const managed =
    managementGroups.length === 0
      ? []
      : await listManagedSubscriptions(session, managementGroups, known.signal);
  const ids = new Set([
    ...subscriptions.map((id) => id.toLowerCase()),
    ...managed.map(({ id }) => id),
  ]);
  return [...ids].map((id) => ({ id, name: names.get(id) ?? "" }));
}

/** Resource Graph may answer "no resources" for a subscription it cannot see; that would be a lie. */
function denied(cell: Cell): PlannedCell {
  const outcome = { cell, status: "denied", reason: "access_denied", resources: 0 } as const;
  return { kind: "gap", outcome };
}

const TAGGABLE: ReadonlyMap<string, boolean> = new Map(
  AZURE_RESOURCE_TYPES.map(({ id, taggable }) => [id.toLowerCase(), taggable]),
);

/** Types that cannot carry tags are not read: there is nothing to judge in them. */
function typesIn(scope: Scope): Iterable<string> {
  if (scope.resourceTypes.length === 0) return [ANY];
  return new Set(scope.resourceTypes.filter((id) => TAGGABLE.get(id.toLowerCase()) === true));
}

function reader(session: AzureSession, cell: Cell): CellReader {
  return { cell, sees: "everything", read: (signal) => read(session, cell, signal) };
}

async function* read(
  session: AzureSession,
  cell: Cell,
  signal: AbortSignal,
): AsyncGenerator<readonly Resource[]> {
  for (const query of cellQueries(cell)) {
    let skipToken: string | undefined;
    do {
      const firstPage = skipToken === undefined;
      const { body } = await session.send(
        {
          method: "POST",
          path: RESOURCE_GRAPH_PATH,
          body: queryBody(query, cell.account, skipToken),
          operation: "Resources",
          laterPage: !firstPage,
        },
        signal,
      );
      const page = parseResourcePage(body, { firstPage });
      const judged = page.rows.filter((resource) => belongs(resource, cell));
      if (judged.length > 0) yield judged;
      skipToken = page.skipToken;
    } while (skipToken !== undefined);
  }
}

/** A type this build does not know is kept: to leave it out would be to call it governed. */
function belongs(resource: Resource, cell: Cell): boolean {
  return cellHolds(cell, resource) && TAGGABLE.get(resource.type.toLowerCase()) !== false;
}
