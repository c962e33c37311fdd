import type { Cloud } from "../domain/cloud.ts";
import type { TagGap } from "../domain/compliance/tag-gap.ts";
import type { Micros, Money } from "../domain/money.ts";
import { oncePer } from "../domain/once-per.ts";
import type { ResourceTypeCatalogue } from "../domain/resource-type.ts";
import { type Coverage, keptSummary } from "../domain/scan/coverage.ts";
import { scopeKey } from "../domain/scan/scope.ts";
import type { Clock } from "../ports/clock.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type {
  UntaggedCost,
  UntaggedCosts,
  UntaggedCount,
  UntaggedFilter,
  UntaggedResource,
  UntaggedResources,
} from "../ports/untagged.ts";
import { type Judged, type NewestBills, type Spend, spendKey } from "./cost/spend.ts";
import { openBound, sealCursor } from "./cursor.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "./fresh-inventory.ts";

export interface FindUntaggedDeps {
  readonly inventory: InventoryStore;
  readonly untagged: UntaggedResources;
  readonly untaggedCosts: UntaggedCosts;
  readonly spend: Pick<Spend, "newestBills" | "ofResources" | "untagged">;
  readonly ensureFresh: EnsureFreshInventory;
  readonly catalogue: ResourceTypeCatalogue;
  readonly clock: Clock;
}

export interface FindUntaggedRequest extends Omit<FreshnessRequest, "storeSnapshot"> {
  /** Which gaps to list; empty: all but `unknown`. Totals count every gap. */
  readonly gaps: readonly TagGap[];
  /**
   * Least monthly cost of what is listed, in units of the bill's currency; then the dearest come first,
   * and what the bill does not name is left out. Not applied while costs are unknown.
   */
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
  /** In the month of `cost`; null where the bill does not name it, or there is none. */
  readonly cost: Money | null;
}

/** Spend of resources that lack tags for certain, in one currency. */
export interface UntaggedSpend {
  readonly currency: string;
  readonly micros: Micros;
  /** Resources that the bill names. */
  readonly resources: number;
}

/** What is known of the cost of what lacks tags. */
export type UntaggedCostState =
  | { readonly known: false; readonly reason: "no_cost_data" }
  | {
      readonly known: true;
      /** The newest whole month of which a bill is stored, `YYYY-MM`. */
      readonly month: string;
      /** Clouds of the scope without a bill of that month: what their resources cost is not known. */
      readonly cloudsWithout: readonly Cloud[];
      readonly totals: readonly UntaggedSpend[];
      /** Of those, the resources that cost at least `minCostThreshold`; null without one. */
      readonly atLeast: readonly UntaggedSpend[] | null;
    };

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
  readonly cost: UntaggedCostState;
  readonly coverage: Coverage;
  /** When the scan behind the answer began, epoch milliseconds: nothing in it is older. */
  readonly dataAsOf: number;
  readonly scanId: string;
  readonly policyHash: string;
  readonly scanned: boolean;
  /** Something newer is being made behind this answer; see `FreshInventory`. */
  readonly refreshing: boolean;
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
    const { narrowed, scan, scanned, refreshing } = await deps.ensureFresh({
      ...request,
      storeSnapshot: false,
    });
    const { scope } = narrowed;
    const gaps = request.gaps.length === 0 ? LISTED_GAPS : request.gaps;
    const filter = { scope, gaps, exceptTypes: untaggable(deps.catalogue) };
    const bills = await deps.spend.newestBills(scope.clouds);
    const threshold = bills === null ? null : microsOf(request.minCostThreshold);
    const binding = {
      scanId: scan.id,
      filter: [
        "untagged",
        scopeKey(scope),
        gaps.toSorted().join(","),
        // The order by cost changes with the bills.
        ...(threshold === null ? [] : [threshold, bills?.month, bills?.storedAtMs]),
      ].join("|"),
    };
    const key = await deps.inventory.signingKey();
    const after = openBound(key, request.cursor, binding);
    const ask = { limit: request.limit, after };
    const [counted, page, outcomes, cost] = await Promise.all([
      deps.untagged.counts(filter),
      bills === null || threshold === null
        ? deps.untagged.page(filter, ask)
        : deps.untaggedCosts.dearest(filter, {
            ...ask,
            month: bills.month,
            minMicros: threshold,
          }),
      deps.inventory.coverage(scope),
      costOf(deps, { ...filter, gaps: LISTED_GAPS }, { bills, threshold, judged: scan }),
    ]);
    const counts = keptSum(counted);
    const costs = await deps.spend.ofResources(page.resources);
    return {
      resources: page.resources.map((one) => ({
        ...aged(one, deps.clock.now()),
        cost: costs.get(spendKey(one.cloud, one.id)) ?? null,
      })),
      nextCursor: page.next === null ? null : sealCursor(key, binding, page.next),
      total: lacking(counts),
      counts,
      byType: totalsByType(counted),
      cost,
      coverage: keptSummary(outcomes),
      dataAsOf: scan.startedAt,
      scanId: scan.id,
      policyHash: scan.policyHash,
      scanned,
      refreshing,
    };
  };
}

const untaggable = oncePer(({ all }: ResourceTypeCatalogue): readonly string[] =>
  all.filter(({ taggable }) => !taggable).map(({ id }) => id),
);

function microsOf(threshold: number | undefined): Micros | null {
  return threshold === undefined ? null : BigInt(Math.round(threshold * 1e6));
}

async function costOf(
  { untaggedCosts: costs, spend }: Pick<FindUntaggedDeps, "untaggedCosts" | "spend">,
  filter: UntaggedFilter,
  {
    bills,
    threshold,
    judged,
  }: {
    readonly bills: NewestBills | null;
    readonly threshold: Micros | null;
    readonly judged: Judged;
  },
): Promise<UntaggedCostState> {
  if (bills === null) return { known: false, reason: "no_cost_data" };
  const { month, clouds } = bills;
  const [all, atLeast] = await Promise.all([
    spend.untagged(costs, filter, { judged, bills, minMicros: null }),
    threshold === null
      ? null
      : spend.untagged(costs, filter, { judged, bills, minMicros: threshold }),
  ]);
  return {
    known: true,
    month,
    cloudsWithout: filter.scope.clouds.filter((cloud) => !clouds.includes(cloud)),
    totals: byCurrency(all),
    atLeast: atLeast === null ? null : byCurrency(atLeast),
  };
}

function byCurrency(costs: readonly UntaggedCost[]): readonly UntaggedSpend[] {
  return [...Map.groupBy(costs, ({ currency }) => currency)].map(([currency, own]) => ({
    currency,
    micros: own.reduce((all, { effectiveMicros }) => all + effectiveMicros, 0n),
    resources: own.reduce((all, { resources }) => all + resources, 0),
  }));
}

function aged(resource: UntaggedResource, nowMs: number): Omit<UntaggedFinding, "cost"> {
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

const keptSum = oncePer(sum);

function lacking(counts: Readonly<Record<TagGap, number>>): number {
  return LISTED_GAPS.reduce((total, gap) => total + counts[gap], 0);
}

const totalsByType = oncePer((counted: readonly UntaggedCount[]): readonly TypeTotals[] =>
  [...Map.groupBy(counted, ({ cloud, resourceType }) => `${cloud} ${resourceType}`).values()]
    .flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const { cloud, resourceType } = first;
      return [{ cloud, resourceType, counts: sum(own) }];
    })
    .toSorted((a, b) => lacking(b.counts) - lacking(a.counts)),
);
