import { ANY, type Cell } from "../../domain/scan/cell.ts";
import { cellFailure } from "../../domain/scan/cell-failure.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import { chooseAccounts } from "../../domain/scan/unknown-account.ts";
import type { CellReader, Inventory, PlannedCell } from "../../ports/cloud.ts";
import type { Place } from "./asset-search.ts";
import { type Batch, planBatches } from "./batches.ts";
import { readAlone, readTogether, type ScopedProject, type Together } from "./cell-reading.ts";
import { type GcpEstate, governedProjects } from "./governed.ts";
import { GCP_RESOURCE_TYPES } from "./resource-types.ts";
import type { GcpSession } from "./session.ts";

/**
 * Reads Google Cloud through the Cloud Asset Inventory, which lists labelled and unlabelled resources
 * alike. One cell per project and, where the scope names them, per region and type; cells of small
 * projects of one organization or folder share a search.
 */
export function createGcpInventory(shared: GcpSession, estate: GcpEstate): Inventory {
  /** By place, how many resources projects had when they were read alone. */
  const sizes = new Map<string, Map<string, number>>();
  const sizesIn = ({ region, resourceType }: Place): Map<string, number> => {
    const key = `${region} ${resourceType}`;
    const known = sizes.get(key) ?? new Map<string, number>();
    sizes.set(key, known);
    return known;
  };
  return {
    plan: async function* plan(scope, signal, { priority = "interactive" } = {}) {
      const session = shared.at(priority);
      const { projects, failures } = await governedProjects(session, estate, signal);
      // A project that a silent folder may hold is not called unknown: the folder is the gap.
      const known = new Set(projects.map(({ id }) => id));
      const sought =
        failures.length === 0 ? scope.accounts : scope.accounts.filter((id) => known.has(id));
      const silent = scope.accounts.length > 0 && sought.length === 0 && failures.length > 0;
      const chosen = silent ? [] : chooseAccounts(sought, projects);
      for (const { name, error } of failures) yield gapOf(name, error);
      for (const place of placesIn(scope))
        for (const batch of planBatches(chosen, sizesIn(place)))
          yield* readersOf(session, batch, {
            place,
            onSize: (id, resources) => sizesIn(place).set(id, resources),
          });
    },
  };
}

/** An organization or folder whose projects could not be listed; its name stands for them. */
function gapOf(account: string, error: unknown): PlannedCell {
  const cell: Cell = { cloud: "gcp", account, region: ANY, resourceType: ANY };
  return { kind: "gap", outcome: { cell, ...cellFailure(error, 0), resources: 0 } };
}

/** Where each project is looked at. */
function* placesIn(scope: Scope): Generator<Place> {
  for (const region of scope.regions.length === 0 ? [ANY] : new Set(scope.regions))
    for (const resourceType of typesIn(scope)) yield { region, resourceType };
}

const TAGGABLE_IDS: ReadonlySet<string> = new Set(
  GCP_RESOURCE_TYPES.filter(({ taggable }) => taggable).map(({ id }) => id),
);

/** Types that cannot carry labels are not read: there is nothing to judge in them. */
function typesIn(scope: Scope): Iterable<string> {
  if (scope.resourceTypes.length === 0) return [ANY];
  return new Set(scope.resourceTypes.filter((id) => TAGGABLE_IDS.has(id)));
}

function* readersOf(
  session: GcpSession,
  batch: Batch,
  { place, onSize }: Pick<Together, "place" | "onSize">,
): Generator<PlannedCell> {
  const projects = batch.flatMap((project) => (isScoped(project) ? [project] : []));
  const together =
    batch.length > 1 ? readTogether(session, { projects, place, onSize }) : undefined;
  for (const { id } of batch) {
    const cell: Cell = { cloud: "gcp", account: id, ...place };
    const read: CellReader["read"] = (signal) =>
      together?.(cell, signal) ?? readAlone(session, cell, signal);
    yield { kind: "reader", reader: { cell, sees: "everything", read } };
  }
}

function isScoped(project: Batch[number]): project is ScopedProject {
  return project.number !== undefined && project.scope !== undefined;
}
