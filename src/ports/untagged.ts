import type { Cloud } from "../domain/cloud.ts";
import type { TagGap } from "../domain/compliance/tag-gap.ts";
import type { Micros } from "../domain/money.ts";
import type { Scope } from "../domain/scan/scope.ts";

/** Which resources that lack tags a question is about. */
export interface UntaggedFilter {
  readonly scope: Scope;
  /** Native types that are left out, such as those that cannot carry tags. */
  readonly exceptTypes: readonly string[];
  readonly gaps: readonly TagGap[];
}

export interface UntaggedCount {
  readonly cloud: Cloud;
  readonly resourceType: string;
  readonly gap: TagGap;
  readonly count: number;
}

export interface UntaggedResource {
  readonly id: string;
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resourceType: string;
  readonly gap: TagGap;
  /** Required tags it lacks; empty where no rule applies, an exemption waives them, or tags are unknown. */
  readonly missingTags: readonly string[];
  /** ISO 8601 UTC; null where the cloud does not say. */
  readonly createdAt: string | null;
  /** When a scan first saw it, epoch milliseconds. */
  readonly firstSeenAt: number;
}

/** Position after the last resource of a page. Opaque to callers; valid whatever becomes of the row. */
export interface UntaggedPosition {
  readonly afterRow: number;
}

export interface UntaggedPage {
  readonly resources: readonly UntaggedResource[];
  readonly next: UntaggedPosition | null;
}

/** What of the stored inventory lacks tags. Neither question loads more rows than it gives. */
export interface UntaggedResources {
  /** Ignores `gaps`: every gap is counted. */
  counts(filter: Omit<UntaggedFilter, "gaps">): Promise<readonly UntaggedCount[]>;
  /**
   * One page, in the order cloud, account, region, type, gap (as in `TAG_GAPS`), then as found.
   * @throws {AppError} `cursor_invalid`.
   */
  page(
    filter: UntaggedFilter,
    page: { readonly limit: number; readonly after: UntaggedPosition | null },
  ): Promise<UntaggedPage>;
}

/** What resources that lack tags in one way cost, in one currency. */
export interface UntaggedCost {
  readonly gap: TagGap;
  readonly currency: string;
  /** Resources that the bill names. */
  readonly resources: number;
  readonly effectiveMicros: Micros;
}

/** One month of the stored bills, and the least that a resource of interest costs in it. */
export interface BilledMonth {
  /** `YYYY-MM` */
  readonly month: string;
  /** Null: any cost, credits included. A resource that the bill does not name costs nothing that is known. */
  readonly minMicros: Micros | null;
}

/** What lacks tags, weighed by the stored bills. */
export interface UntaggedCosts {
  totals(filter: UntaggedFilter, billed: BilledMonth): Promise<readonly UntaggedCost[]>;
  /**
   * One page of resources that the bill names, the dearest first, currency by currency. Its positions
   * are counts of rows: adding up the bill is the work, and is the same for every page.
   */
  dearest(
    filter: UntaggedFilter,
    page: BilledMonth & { readonly limit: number; readonly after: UntaggedPosition | null },
  ): Promise<UntaggedPage>;
}
