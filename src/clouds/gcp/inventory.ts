import type { Resource } from "../../domain/resource.ts";
import { ANY, type Cell } from "../../domain/scan/cell.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import { type AccountName, chooseAccounts } from "../../domain/scan/unknown-account.ts";
import type { Inventory, PlannedCell } from "../../ports/cloud.ts";
import { parseResourcePage, searchCall } from "./asset-search.ts";
import { organizationProjects, searchProjects } from "./projects.ts";
import { GCP_RESOURCE_TYPES } from "./resource-types.ts";
import type { GcpSession } from "./session.ts";

export interface GcpInventoryOptions {
  /** Project ids to read; empty means all of the organization, or all the credential can see. */
  readonly projects: readonly string[];
  /** Organization number; matters when `projects` is empty. */
  readonly organization: string | undefined;
}

/**
 * Reads Google Cloud through the Cloud Asset Inventory, which lists labelled and unlabelled resources
 * alike. One cell per project and, where the scope names them, per region and type.
 */
export function createGcpInventory(session: GcpSession, options: GcpInventoryOptions): Inventory {
  return { plan: (scope, signal) => plan(session, options, { scope, signal }) };
}

async function* plan(
  session: GcpSession,
  options: GcpInventoryOptions,
  { scope, signal }: { readonly scope: Scope; readonly signal: AbortSignal },
): AsyncGenerator<PlannedCell> {
  const projects = await governedProjects(session, options, signal);
  for (const { id } of chooseAccounts(scope.accounts, projects))
    for (const region of scope.regions.length === 0 ? [ANY] : new Set(scope.regions))
      for (const resourceType of typesIn(scope)) {
        const cell: Cell = { cloud: "gcp", account: id, region, resourceType };
        const read = (stop: AbortSignal): AsyncGenerator<readonly Resource[]> =>
          readCell(session, cell, stop);
        yield { kind: "reader", reader: { cell, sees: "everything", read } };
      }
}

/**
 * A project that is configured by name is not looked up first: reading it may be allowed where listing
 * projects is not, and a project that cannot be read answers so.
 */
async function governedProjects(
  session: GcpSession,
  { projects, organization }: GcpInventoryOptions,
  signal: AbortSignal,
): Promise<readonly AccountName[]> {
  if (projects.length > 0) return [...new Set(projects)].map((id) => ({ id, name: "" }));
  return organization === undefined
    ? searchProjects(session, signal)
    : organizationProjects(session, organization, signal);
}

const TAGGABLE_IDS: ReadonlySet<string> = new Set(
  GCP_RESOURCE_TYPES.filter(({ taggable }) => taggable).map(({ id }) => id),
);

/** Types that cannot carry labels are not read: there is nothing to judge in them. */
function typesIn(scope: Scope): Iterable<string> {
  if (scope.resourceTypes.length === 0) return [ANY];
  return new Set(scope.resourceTypes.filter((id) => TAGGABLE_IDS.has(id)));
}

async function* readCell(
  session: GcpSession,
  cell: Cell,
  signal: AbortSignal,
): AsyncGenerator<readonly Resource[]> {
  let pageToken: string | undefined;
  do {
    const page = parseResourcePage(await session.get(searchCall(cell, pageToken), signal), cell);
    if (page.results.length > 0) yield page.results;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}
