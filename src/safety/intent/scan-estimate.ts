import type { ResourceTypeCatalogue } from "../../domain/resource-type.ts";
import { VERDICTS } from "../../domain/compliance/violation.ts";
import { type CloudKnowledge, narrowScope, type ScopeRequest } from "../../domain/scan/narrow.ts";
import { EVERYTHING, type Scope } from "../../domain/scan/scope.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Breakdown, InventoryStore, ScanRecord } from "../../ports/inventory.ts";
import { type Estimate, FROM_STORE } from "./estimate.ts";

/** A question as tools with scope and freshness arguments take it. */
export interface ScanQuestion extends ScopeRequest {
  readonly maxAgeMinutes: number;
  readonly refresh: boolean;
  readonly storeSnapshot: boolean;
  readonly cursor: string | undefined;
}

/** An estimate with what is known of the places in its scope, and of all others. */
export interface ScanEstimate extends Estimate {
  readonly places: readonly Breakdown[];
  readonly everywhere: readonly Breakdown[];
}

export interface ScanEstimatorDeps {
  readonly inventory: () => Promise<InventoryStore>;
  readonly clouds: readonly CloudKnowledge[];
  readonly catalogue: ResourceTypeCatalogue;
  /** Hash of the policy in force: verdicts by another one do not answer. */
  readonly policyHash: () => Promise<string>;
  readonly clock: Clock;
}

/** @throws {AppError} `invalid_input`, `credentials_missing` for a scope that a scan would refuse, too. */
export type EstimateScan = (question: ScanQuestion, detail: Detail) => Promise<ScanEstimate>;

/** `price`: places are left out where the answer is stored, which keeps the common case quick. */
export type Detail = "price" | "everything";

const MS_PER_MINUTE = 60_000;
/** Resources that one request lists, where clouds differ from 50 to 1,000. */
const RESOURCES_PER_REQUEST = 100;

/** From the inventory alone: what was there when it was last read, and how fast that reading was. */
export function createScanEstimator(deps: ScanEstimatorDeps): EstimateScan {
  return async (question, detail) => {
    const { scope } = narrowScope(question, deps.clouds, deps.catalogue);
    const inventory = await deps.inventory();
    const latest = await inventory.latestScanCovering(scope);
    const storedAgeMinutes =
      latest === undefined ? null : (deps.clock.now() - latest.startedAt) / MS_PER_MINUTE;
    const stored = answersFromStore(question, {
      latest,
      ageMinutes: storedAgeMinutes,
      policyHash: await deps.policyHash(),
    });
    if (stored && detail === "price")
      return { ...FROM_STORE, storedAgeMinutes, places: [], everywhere: [] };
    const [everywhere, places] = await Promise.all([
      inventory.breakdown({ scope: EVERYTHING, severities: [] }),
      inventory.breakdown({ scope, severities: [] }),
    ]);
    const known = { places, everywhere, storedAgeMinutes };
    if (stored) return { ...FROM_STORE, ...known };
    const cells = await inventory.coverage(scope);
    return { ...scanFigures(places, cells.length, await rateOf(inventory, everywhere)), ...known };
  };
}

interface Stored {
  readonly latest: ScanRecord | undefined;
  readonly ageMinutes: number | null;
  readonly policyHash: string;
}

function answersFromStore(
  question: ScanQuestion,
  { latest, ageMinutes, policyHash }: Stored,
): boolean {
  if (question.cursor !== undefined) return true;
  if (latest === undefined || ageMinutes === null || question.refresh) return false;
  // By another policy, what is stored is judged anew without a cloud; a snapshot of that is a scan's alone.
  const snapshotKept =
    !question.storeSnapshot || (latest.snapshot && latest.policyHash === policyHash);
  return ageMinutes <= question.maxAgeMinutes && snapshotKept;
}

type Figures = Omit<Estimate, "storedAgeMinutes">;

function scanFigures(
  places: readonly Breakdown[],
  cells: number,
  secondsPerResource: number | null,
): Figures {
  const resources = places.length === 0 ? null : countOf(places);
  return {
    answersFrom: "clouds",
    cells: cells === 0 ? null : cells,
    resources,
    apiCalls: resources === null ? null : cells + Math.ceil(resources / RESOURCES_PER_REQUEST),
    apiCostMicros: 0,
    seconds:
      resources === null || secondsPerResource === null ? null : resources * secondsPerResource,
    costDays: 0,
    assumptions:
      resources === null
        ? ["Nothing of this scope was read before, so its size is not known."]
        : [
            "As many resources as the last scan saw, read as fast as it read.",
            "One request for each place and each 100 resources; reading tags is free of charge in all three clouds.",
          ],
  };
}

export function countOf(places: readonly Breakdown[]): number {
  return places.reduce(
    (sum, { counts }) => sum + VERDICTS.reduce((all, verdict) => all + counts[verdict], 0),
    0,
  );
}

/** Seconds that the last scan of everything took for each resource; the widest scan tells most. */
async function rateOf(
  inventory: InventoryStore,
  places: readonly Breakdown[],
): Promise<number | null> {
  const widest = await latestOf(inventory, places);
  if (widest === undefined || widest.finishedAt === null) return null;
  const read = countOf(await inventory.breakdown({ scope: widest.scope, severities: [] }));
  return read === 0 ? null : (widest.finishedAt - widest.startedAt) / 1000 / read;
}

/** The latest scan of everything that is known, else of the largest cloud. */
async function latestOf(
  inventory: InventoryStore,
  places: readonly Breakdown[],
): Promise<ScanRecord | undefined> {
  const clouds = [...new Set(places.map(({ cloud }) => cloud))].toSorted(
    (a, b) => countIn(places, b) - countIn(places, a),
  );
  const scopes: Scope[] = [
    { ...EVERYTHING, clouds },
    ...clouds.map((cloud) => ({ ...EVERYTHING, clouds: [cloud] })),
    ...places.slice(0, 1).map(({ cloud, account, region, resourceType }) => ({
      clouds: [cloud],
      accounts: [account],
      regions: [region],
      resourceTypes: [resourceType],
    })),
  ];
  for (const scope of scopes) {
    const found = await inventory.latestScanCovering(scope);
    if (found !== undefined) return found;
  }
  return undefined;
}

function countIn(places: readonly Breakdown[], cloud: string): number {
  return countOf(places.filter((place) => place.cloud === cloud));
}
