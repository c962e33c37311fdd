import type { Cloud } from "../domain/cloud.ts";
import type { TagGap } from "../domain/compliance/tag-gap.ts";
import type { ResourceTypeCatalogue } from "../domain/resource-type.ts";
import { type Coverage, summarizeCoverage } from "../domain/scan/coverage.ts";
import { scopeKey } from "../domain/scan/scope.ts";
import type { Clock } from "../ports/clock.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type { UntaggedCount, UntaggedResource, UntaggedResources } from "../ports/untagged.ts";
import { openBound, sealCursor } from "./cursor.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "./fresh-inventory.ts";

export interface FindUntaggedDeps {
  readonly inventory: InventoryStore;
  readonly untagged: UntaggedResources;
  readonly ensureFresh: EnsureFreshInventory;
  readonly catalogue: ResourceTypeCatalogue;
  readonly clock: Clock;
}

export interface FindUntaggedRequest extends Omit<FreshnessRequest, "storeSnapshot"> {
  /** Which gaps to list; empty: all but `unknown`. Totals count every gap. */
  readonly gaps: readonly TagGap[];
  /** Least monthly cost of what is listed, in units of the bill's currency. Not applied while costs are unknown. */
  readonly minCostThreshold: number | undefined;
  /** Resources per page. */
  readonly limit: number;
}

/** A resource that lacks tags, and for how long it has been there. */
export interface UntaggedFinding extends UntaggedResource {
  /** Whole days since `ageSince`. */
  readonly ageDays: number;
  /** `created`: by the cloud's word; `first_seen`: by the first scan that saw it, so it may be older. */
  readonly ageSince: "created" | "first_seen";
}

export interface TypeTotals {
  readonly cloud: Cloud;
  readonly resourceType: string;
  readonly counts: Readonly<Record<TagGap, number>>;
}

export interface FindUntaggedResult {
  readonly resources: readonly UntaggedFinding[];
  readonly nextCursor: string | null;
  /** Resources that lack tags for certain: every gap but `unknown`. */
  readonly total: number;
  readonly counts: Readonly<Record<TagGap, number>>;
  /** Types that lack most first. */
  readonly byType: readonly TypeTotals[];
  /** Nothing was left out for its cost: `minCostThreshold` waits until costs are known. */
  readonly cost: { readonly known: false; readonly reason: "no_cost_data" };
  readonly coverage: Coverage;
  /** When the scan behind the answer began, epoch milliseconds: nothing in it is older. */
  readonly dataAsOf: number;
  readonly scanId: string;
  readonly policyHash: string;
  readonly scanned: boolean;
}

export type FindUntagged = (request: FindUntaggedRequest) => Promise<FindUntaggedResult>;

/** What is listed unless asked otherwise: tags that could not be read are not missing tags. */
const LISTED_GAPS: readonly TagGap[] = [
  "never_tagged",
  "emptied",
  "only_provider_tags",
  "missing_required",
];
const MS_PER_DAY = 86_400_000;

/**
 * Which resources have no tags, or not those that the policy requires? Types that cannot carry tags are
 * left out.
 * @throws {AppError} as `EnsureFreshInventory`.
 */
export function createFindUntagged(deps: FindUntaggedDeps): FindUntagged {
  return async (request) => {
    const { narrowed, scan, scanned } = await deps.ensureFresh({
      ...request,
      storeSnapshot: false,
    });
    const { scope } = narrowed;
    const gaps = request.gaps.length === 0 ? LISTED_GAPS : request.gaps;
    const filter = { scope, gaps, exceptTypes: untaggable(deps.catalogue) };
    const binding = {
      scanId: scan.id,
      filter: `untagged|${scopeKey(scope)}|${gaps.toSorted().join(",")}`,
    };
    const key = await deps.inventory.signingKey();
    const after = openBound(key, request.cursor, binding);
    const [counted, page, outcomes] = await Promise.all([
      deps.untagged.counts(filter),
      deps.untagged.page(filter, { limit: request.limit, after }),
      deps.inventory.coverage(scope),
    ]);
    const counts = sum(counted);
    return {
      resources: page.resources.map((one) => aged(one, deps.clock.now())),
      nextCursor: page.next === null ? null : sealCursor(key, binding, page.next),
      total: lacking(counts),
      counts,
      byType: totalsByType(counted),
      cost: { known: false, reason: "no_cost_data" },
      coverage: summarizeCoverage(outcomes),
      dataAsOf: scan.startedAt,
      scanId: scan.id,
      policyHash: scan.policyHash,
      scanned,
    };
  };
}

function untaggable({ all }: ResourceTypeCatalogue): readonly string[] {
  return all.filter(({ taggable }) => !taggable).map(({ id }) => id);
}

function aged(resource: UntaggedResource, nowMs: number): UntaggedFinding {
  const createdMs = resource.createdAt === null ? Number.NaN : Date.parse(resource.createdAt);
  const isDated = !Number.isNaN(createdMs);
  const since = isDated ? createdMs : resource.firstSeenAt;
  return {
    ...resource,
    ageDays: Math.max(0, Math.floor((nowMs - since) / MS_PER_DAY)),
    ageSince: isDated ? "created" : "first_seen",
  };
}

function sum(counted: readonly UntaggedCount[]): Record<TagGap, number> {
  const counts = {
    never_tagged: 0,
    emptied: 0,
    only_provider_tags: 0,
    missing_required: 0,
    unknown: 0,
  };
  for (const { gap, count } of counted) counts[gap] += count;
  return counts;
}

function lacking(counts: Readonly<Record<TagGap, number>>): number {
  return LISTED_GAPS.reduce((total, gap) => total + counts[gap], 0);
}

function totalsByType(counted: readonly UntaggedCount[]): readonly TypeTotals[] {
  return [...Map.groupBy(counted, ({ cloud, resourceType }) => `${cloud} ${resourceType}`).values()]
    .flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const { cloud, resourceType } = first;
      return [{ cloud, resourceType, counts: sum(own) }];
    })
    .toSorted((a, b) => lacking(b.counts) - lacking(a.counts));
}
