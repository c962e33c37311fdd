import type { Cloud } from "../domain/cloud.ts";
import type { Verdict } from "../domain/compliance/violation.ts";
import type {
  CostDimension,
  CostGroup,
  CostKeyFact,
  CostMethod,
} from "../domain/cost/cost-line.ts";
import type { Micros } from "../domain/money.ts";
import type { TagSet } from "../domain/resource.ts";
import type { Scope } from "../domain/scan/scope.ts";

/** One stored month of one bill of one cloud. Storing it again replaces it. */
export interface StoredBill {
  /** Name that keeps several payers' bills of one cloud apart; `default` unless the operator says otherwise. */
  readonly source: string;
  readonly cloud: Cloud;
  /** `YYYY-MM` */
  readonly month: string;
  readonly method: CostMethod;
  /** When the data was written by its provider, epoch milliseconds; null where unknown. */
  readonly asOfMs: number | null;
  readonly storedAtMs: number;
  readonly lines: number;
  /** Lines of the same import that are in no bill; see `CostFacts.linesLeftOut`. */
  readonly linesLeftOut: number;
  /** Tags that were kept; others cannot be asked for. */
  readonly keys: readonly CostKeyFact[];
}

/** Writes of one import. Nothing of it is visible before `commit`, and then all of it at once. */
export interface BillWriter {
  save(groups: readonly CostGroup[]): Promise<void>;
  /**
   * Makes what was saved the bills of its source and months, in place of what was there.
   * @param facts per cloud, of all its months.
   */
  commit(facts: BillFacts): Promise<readonly StoredBill[]>;
  /** Forgets what was saved. */
  discard(): Promise<void>;
}

export interface BillFacts {
  readonly method: CostMethod;
  readonly asOfMs: number | null;
  readonly linesLeftOut: number;
  readonly keys: Readonly<Record<Cloud, readonly CostKeyFact[]>>;
}

export interface StoredCostQuestion {
  readonly cloud: Cloud;
  readonly months: readonly string[];
  readonly dimensions: readonly CostDimension[];
  readonly accounts: readonly string[];
  /** Charges of these resources alone, by the keys that groups by resource have; absent: all charges. */
  readonly resources?: readonly string[];
}

/** Spend of one resource over the months asked about. */
export interface ResourceCost {
  readonly cloud: Cloud;
  /** As asked for. */
  readonly resourceId: string;
  readonly currency: string;
  /** Amortised. */
  readonly effectiveMicros: Micros;
}

/** Spend of one stored resource whose tags are known, by one method and in one currency. */
export interface TaggedCost {
  readonly cloud: Cloud;
  readonly resourceType: string;
  /** Sorted by key. */
  readonly tags: TagSet;
  readonly method: CostMethod;
  readonly currency: string;
  /** Amortised. */
  readonly effectiveMicros: Micros;
}

/** Spend of stored resources by verdict and place, in one currency. */
export interface VerdictCost {
  readonly cloud: Cloud;
  readonly account: string;
  readonly verdict: Verdict;
  readonly currency: string;
  readonly effectiveMicros: Micros;
  /** Resources of the inventory that the bill names. */
  readonly resources: number;
}

/** How much of the bill's resources the inventory knows. */
export interface CostMatch {
  readonly currency: string;
  readonly resourcesBilled: number;
  readonly resourcesMatched: number;
  /** Spend of charges with a resource behind them. */
  readonly billedMicros: Micros;
  readonly matchedMicros: Micros;
}

/** Bills kept as resource × month, and answers of providers that cost money to ask. */
export interface CostStore {
  /** @param source see `StoredBill.source`. */
  beginBill(source: string): Promise<BillWriter>;
  bills(): Promise<readonly StoredBill[]>;
  /** Groups of the stored bills; equal groups may come more than once. */
  groups(question: StoredCostQuestion): AsyncIterable<readonly CostGroup[]>;
  /** Spend of these resources; those the bill does not name are left out. */
  resourceCosts(
    resources: readonly { readonly cloud: Cloud; readonly id: string }[],
    months: readonly string[],
  ): Promise<readonly ResourceCost[]>;
  /** Spend of the resources of a scope by what the last scans made of them. */
  verdictCosts(scope: Scope, months: readonly string[]): Promise<readonly VerdictCost[]>;
  /**
   * Spend of the resources of a scope that the bills of a month name, in pages; each resource once for each
   * method and currency. Other work gets its turn between pages.
   */
  taggedCosts(scope: Scope, month: string): AsyncIterable<readonly TaggedCost[]>;
  /** Another text whenever a scan has begun or ended since: what was made of the inventory may be old. */
  inventoryState(): Promise<string>;
  /** One entry per currency; accounts of the scope count, its regions and types do not. */
  match(scope: Scope, months: readonly string[]): Promise<readonly CostMatch[]>;
  /** An answer kept under a name since `notBeforeMs`, epoch milliseconds. */
  findAnswer(
    key: string,
    notBeforeMs: number,
  ): Promise<{ readonly text: string; readonly storedAtMs: number } | undefined>;
  /** Keeps an answer; answers older than a week are dropped. */
  saveAnswer(key: string, text: string): Promise<void>;
}
