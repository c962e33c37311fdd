import type { Cloud } from "../domain/cloud.ts";
import type { Judge, Verdict, Violation } from "../domain/compliance/violation.ts";
import { AppError, type ErrorCode } from "../domain/errors.ts";
import type { Resource } from "../domain/resource.ts";
import { resourceKey } from "../domain/resource.ts";
import type { CellOutcome } from "../domain/scan/cell.ts";
import type { CloudProvider } from "../ports/cloud.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type { LocatedResource } from "../ports/locate.ts";
import type { FoundResource, ResourceLookup } from "../ports/resource-lookup.ts";
import { forEachConcurrent } from "./concurrency.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "./fresh-inventory.ts";

/**
 * Why nothing is said of a resource: its cell could not be read, its cloud is not configured, its type
 * is none that can be looked for, or asking failed.
 */
export type UnknownReason =
  | NonNullable<CellOutcome["reason"]>
  | ErrorCode
  | "cloud_not_configured"
  | "type_not_known"
  | "tags_not_readable";

export type ResourceValidation =
  | {
      readonly id: string;
      readonly status: Exclude<Verdict, "unknown">;
      readonly resource: Resource;
      readonly violations: readonly Violation[];
    }
  /** Its cell was read to the end, and it is not there. */
  | { readonly id: string; readonly status: "not_found"; readonly goneAt: number | null }
  | { readonly id: string; readonly status: "unknown"; readonly reason: UnknownReason }
  /** No ARN, Azure resource id or full resource name. */
  | { readonly id: string; readonly status: "not_an_id" };

export interface ValidateResourcesRequest
  extends Pick<FreshnessRequest, "maxAgeMinutes" | "refresh" | "signal" | "onProgress"> {
  /** 1 to 100, of any cloud. */
  readonly ids: readonly string[];
}

export interface ValidateResourcesResult {
  /** One for each id asked for, in that order. */
  readonly results: readonly ResourceValidation[];
  /** When the oldest scan behind the answers began, epoch milliseconds; null when there is none. */
  readonly dataAsOf: number | null;
  readonly scanned: boolean;
  readonly policyHash: string;
}

export type ValidateResources = (
  request: ValidateResourcesRequest,
) => Promise<ValidateResourcesResult>;

export interface ValidateResourcesDeps {
  readonly providers: readonly CloudProvider[];
  readonly inventory: Pick<InventoryStore, "coverage">;
  readonly lookup: ResourceLookup;
  readonly ensureFresh: EnsureFreshInventory;
  readonly judge: () => Promise<Judge>;
  readonly now: () => number;
}

/** Places read at the same time: the clouds' own pacing does the rest. */
const PLACES_AT_ONCE = 4;

/** Ids that one narrow scan answers for. */
interface Place {
  readonly cloud: Cloud;
  readonly located: LocatedResource;
  readonly ids: string[];
}

/** What one request has found out so far. */
interface Findings {
  readonly byId: Map<string, ResourceValidation>;
  readonly startedAt: number[];
  scanned: boolean;
}

/**
 * The verdict on single resources. Where the stored inventory is too old, the places that the ids name
 * (account, region and type) are read, and nothing else. A resource is `not_found` only when its place
 * was read to the end; what could not be read is `unknown` and never compliant or untagged.
 * @throws {AppError} `cancelled`, `storage_unavailable`, `policy_invalid`
 */
export function createValidateResources(deps: ValidateResourcesDeps): ValidateResources {
  return async (request) => {
    const judge = await deps.judge();
    const findings: Findings = { byId: new Map(), startedAt: [], scanned: false };
    const places = sortIntoPlaces(deps, [...new Set(request.ids)], findings);
    await forEachConcurrent(places, PLACES_AT_ONCE, async (place) =>
      validatePlace(deps, { request, judge, place, findings }),
    );
    return {
      results: request.ids.map(
        (id) => findings.byId.get(id) ?? { id, status: "unknown", reason: "internal_error" },
      ),
      dataAsOf: findings.startedAt.length === 0 ? null : Math.min(...findings.startedAt),
      scanned: findings.scanned,
      policyHash: judge.policyHash,
    };
  };
}

/** Ids that cannot be looked for are answered at once. */
function sortIntoPlaces(
  { providers }: ValidateResourcesDeps,
  ids: readonly string[],
  { byId }: Findings,
): readonly Place[] {
  const places = new Map<string, Place>();
  for (const id of ids) {
    const found = locate(providers, id);
    if (found === undefined) {
      byId.set(id, unlocated(id));
      continue;
    }
    const { account, region, types } = found.located;
    const key = [found.cloud, account, region, ...types].join("|");
    const place = places.get(key) ?? { ...found, ids: [] };
    place.ids.push(id);
    places.set(key, place);
  }
  return [...places.values()];
}

function locate(
  providers: readonly CloudProvider[],
  id: string,
): { readonly cloud: Cloud; readonly located: LocatedResource } | undefined {
  for (const provider of providers) {
    const located = provider.locate(id);
    if (located !== undefined) return { cloud: provider.cloud, located };
  }
  return undefined;
}

/** Ids of a cloud that is not configured look like ids all the same. */
const ID_SHAPE = /^(?:arn:|\/subscriptions\/|\/\/[\w-]+\.googleapis\.com\/)/i;

function unlocated(id: string): ResourceValidation {
  return ID_SHAPE.test(id)
    ? { id, status: "unknown", reason: "cloud_not_configured" }
    : { id, status: "not_an_id" };
}

interface Validating {
  readonly request: ValidateResourcesRequest;
  readonly judge: Judge;
  readonly place: Place;
  readonly findings: Findings;
}

async function validatePlace(deps: ValidateResourcesDeps, work: Validating): Promise<void> {
  const { place, findings } = work;
  const gaps = await readPlace(deps, work);
  const found = new Map(
    (await deps.lookup.find(place.cloud, place.ids)).map((one) => [
      resourceKey(place.cloud, one.resource.id),
      one,
    ]),
  );
  for (const id of place.ids)
    findings.byId.set(
      id,
      verdictOn(deps, { id, found: found.get(resourceKey(place.cloud, id)), gaps, work }),
    );
}

/** @returns why the place was not read to its end; empty when it was. */
async function readPlace(
  deps: ValidateResourcesDeps,
  { request, place, findings }: Validating,
): Promise<readonly UnknownReason[]> {
  const { account, region, types } = place.located;
  if (types.length === 0) return ["type_not_known"];
  const { maxAgeMinutes, refresh, signal, onProgress } = request;
  try {
    const fresh = await deps.ensureFresh({
      clouds: [place.cloud],
      accounts: account === undefined ? [] : [account],
      regions: region === undefined ? [] : [region],
      resourceTypes: types,
      maxAgeMinutes,
      refresh,
      storeSnapshot: false,
      cursor: undefined,
      signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    findings.startedAt.push(fresh.scan.startedAt);
    findings.scanned ||= fresh.scanned;
    const cells = await deps.inventory.coverage(fresh.narrowed.scope);
    return cells.length === 0 ? ["internal_error"] : cells.flatMap(reasonOf);
  } catch (error) {
    // The question itself was stopped, or cannot be answered for any id.
    if (!(error instanceof AppError) || ENDS_ALL.has(error.code)) throw error;
    return [error.code];
  }
}

const ENDS_ALL: ReadonlySet<ErrorCode> = new Set([
  "cancelled",
  "deadline_exceeded",
  "storage_unavailable",
  "policy_invalid",
]);

function reasonOf({ status, reason }: CellOutcome): readonly UnknownReason[] {
  return status === "complete" ? [] : [reason ?? "internal_error"];
}

function verdictOn(
  { now }: ValidateResourcesDeps,
  {
    id,
    found,
    gaps,
    work,
  }: {
    readonly id: string;
    readonly found: FoundResource | undefined;
    readonly gaps: readonly UnknownReason[];
    readonly work: Validating;
  },
): ResourceValidation {
  const [gap] = gaps;
  if (found === undefined || found.goneAt !== null)
    return gap === undefined
      ? { id, status: "not_found", goneAt: found?.goneAt ?? null }
      : { id, status: "unknown", reason: gap };
  const { resource } = found;
  const { verdict, violations } = work.judge.judge(resource, now());
  if (verdict === "unknown" || found.verdict === "unknown")
    return { id, status: "unknown", reason: gap ?? "tags_not_readable" };
  return { id, status: verdict, resource, violations };
}
