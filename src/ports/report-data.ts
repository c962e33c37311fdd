import type { Cloud } from "../domain/cloud.ts";
import type { Severity, Verdict, ViolationKind } from "../domain/compliance/violation.ts";
import type { Micros } from "../domain/money.ts";
import type { Scope } from "../domain/scan/scope.ts";

/** Spend of the resources that have a violation, each resource once however often it has it. */
export interface FindingCost {
  readonly cloud: Cloud;
  readonly kind: ViolationKind;
  readonly tag: string;
  readonly severity: Severity;
  readonly currency: string;
  readonly effectiveMicros: Micros;
}

export interface CostlyResource {
  readonly cloud: Cloud;
  readonly account: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly currency: string;
  readonly effectiveMicros: Micros;
}

/** Errors about one tag in one account. */
export interface TagErrors {
  readonly cloud: Cloud;
  readonly account: string;
  readonly tag: string;
  /** Resources with an error about the tag. */
  readonly affected: number;
  /** Those whose errors are all about it. */
  readonly onlyThis: number;
}

/** How one cloud spells a tag. */
export interface TagSpelling {
  readonly cloud: Cloud;
  readonly spellings: readonly string[];
  readonly ignoreCase: boolean;
}

/** Resources of one cloud that carry one value of a tag. */
export interface ValueCount {
  readonly cloud: Cloud;
  /** As the cloud has it; null: the tag is absent or empty. Resources of unknown tags are not counted. */
  readonly value: string | null;
  readonly verdict: Verdict;
  readonly count: number;
}

export interface ValueCost {
  readonly cloud: Cloud;
  readonly value: string | null;
  readonly verdict: Verdict;
  readonly currency: string;
  readonly effectiveMicros: Micros;
}

/**
 * Aggregates of the inventory and the stored bills that reports are made of. The database adds up; what
 * comes back is as long as there are groups.
 */
export interface ReportData {
  findingCosts(scope: Scope, months: readonly string[]): Promise<readonly FindingCost[]>;
  /** Non-compliant resources by spend, most expensive of each currency first; `most` per currency. */
  costliest(
    scope: Scope,
    months: readonly string[],
    most: number,
  ): Promise<readonly CostlyResource[]>;
  tagErrors(scope: Scope): Promise<readonly TagErrors[]>;
  /** Values of a tag, most frequent first; values beyond `MOST_VALUES` per cloud are left out. */
  valueCounts(scope: Scope, spelling: TagSpelling): Promise<readonly ValueCount[]>;
  valueCosts(
    scope: Scope,
    spelling: TagSpelling,
    months: readonly string[],
  ): Promise<readonly ValueCost[]>;
}

/** A tag that has more values than this does not name teams. */
export const MOST_VALUES = 5_000;
