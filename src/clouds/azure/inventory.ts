import { ANY, type Cell } from "../../domain/scan/cell.ts";
import { cellFailure } from "../../domain/scan/cell-failure.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import { chooseAccounts } from "../../domain/scan/unknown-account.ts";
import type { Inventory, PlannedCell } from "../../ports/cloud.ts";
import type { Logger } from "../../ports/logger.ts";
import { planBatches } from "./batches.ts";
import { readAlone, readTogether, TAGGABLE } from "./cell-reading.ts";
import { createLinkColumns, type LinkColumns, type ReadResources } from "./link-columns.ts";
import type { Place } from "./resource-graph.ts";
import type { AzureSession } from "./session.ts";
import { type Governed, governedByAll, type Tenant } from "./tenants.ts";

/**
 * Reads Azure through Resource Graph, which lists tagged and untagged resources alike, subscriptions
 * and resource groups among them. One cell per subscription and, where the scope names them, per
 * region and type; cells of small subscriptions share a query. The scope's regions and types are names
 * of our own lists; only such names reach a query.
 */
export function createAzureInventory(tenants: readonly Tenant[], logger: Logger): Inventory {
  const links = createLinkColumns(logger);
  return {
    plan: (scope, signal, { priority = "interactive" } = {}) => {
      const lane = tenants.map((one) => ({ ...one, session: one.session.at(priority) }));
      return plan(lane, scope, { links, signal });
    },
  };
}

interface Planning {
  readonly links: LinkColumns;
  readonly signal: AbortSignal;
}

async function* plan(
  tenants: readonly Tenant[],
  scope: Scope,
  planning: Planning,
): AsyncGenerator<PlannedCell> {
  const governed = await governedByAll(tenants, planning.signal);
  // An account that a silent tenant may hold is not called unknown: the tenant is the gap.
  const asked = scope.accounts.map((id) => id.toLowerCase());
  const known = new Set(governed.subscriptions.map(({ id }) => id));
  const sought = governed.failures.length === 0 ? asked : asked.filter((id) => known.has(id));
  const chosen =
    asked.length > 0 && sought.length === 0 && governed.failures.length > 0
      ? []
      : chooseAccounts(sought, governed.subscriptions);
  for (const { name, error } of governed.failures)
    yield {
      kind: "gap",
      outcome: { cell: accountCell(name), ...cellFailure(error, 0), resources: 0 },
    };
  for (const group of governed.cutShort) yield cutShort(group);
  for (const place of placesIn(scope)) yield* planPlace(chosen, place, planning);
}

/** Where each subscription is looked at. */
function* placesIn(scope: Scope): Generator<Place> {
  for (const region of scope.regions.length === 0 ? [ANY] : new Set(scope.regions))
    for (const resourceType of typesIn(scope)) yield { region, resourceType };
}

/** Types that cannot carry tags are not read: there is nothing to judge in them. */
function typesIn(scope: Scope): Iterable<string> {
  if (scope.resourceTypes.length === 0) return [ANY];
  return new Set(scope.resourceTypes.filter((id) => TAGGABLE.get(id.toLowerCase()) === true));
}

async function* planPlace(
  chosen: readonly Governed[],
  place: Place,
  { links, signal }: Planning,
): AsyncGenerator<PlannedCell> {
  const bySession = new Map<AzureSession, string[]>();
  for (const { id, session } of chosen) {
    if (session === null) yield denied({ cloud: "azure", account: id, ...place });
    else bySession.set(session, [...(bySession.get(session) ?? []), id]);
  }
  for (const [session, subscriptions] of bySession)
    for (const batch of await planBatches(session, { subscriptions, place }, signal))
      yield* readersOf(links(session), batch, place);
}

function* readersOf(
  read: ReadResources,
  accounts: readonly string[],
  { region, resourceType }: Place,
): Generator<PlannedCell> {
  const cells = accounts.map(
    (account): Cell => ({ cloud: "azure", account, region, resourceType }),
  );
  const together = cells.length > 1 ? readTogether(read, cells) : undefined;
  for (const cell of cells)
    yield {
      kind: "reader",
      reader: {
        cell,
        sees: "everything",
        read: (signal) => together?.(cell, signal) ?? readAlone(read, cell, signal),
      },
    };
}

/** Resource Graph may answer "no resources" for a subscription it cannot see; that would be a lie. */
function denied(cell: Cell): PlannedCell {
  const outcome = { cell, status: "denied", reason: "access_denied", resources: 0 } as const;
  return { kind: "gap", outcome };
}

/** Subscriptions beyond those that Azure lists; they have no ids here, so the group's name stands for them. */
function cutShort(managementGroup: string): PlannedCell {
  const cell = accountCell(managementGroup);
  return { kind: "gap", outcome: { cell, status: "partial", reason: "truncated", resources: 0 } };
}

function accountCell(account: string): Cell {
  return { cloud: "azure", account, region: ANY, resourceType: ANY };
}
