import { type Micros, shareOf } from "../money.ts";
import { COST_BUCKETS, type CostBucket } from "./allocation.ts";

/** Amounts per bucket, in micros of one currency. They add up to the bill exactly. */
export type BucketMicros = Readonly<Record<CostBucket, Micros>>;

export const NO_BUCKETS: BucketMicros = {
  allocated: 0n,
  gap_missing_or_empty: 0n,
  gap_invalid_value: 0n,
  exempt: 0n,
  no_resource_id: 0n,
  not_taggable_charge: 0n,
};

/** Both denominators of one set of buckets. */
export interface Denominators {
  /** All spend: every bucket. */
  readonly total: Micros;
  /**
   * Spend that a tag can reach: without charges that are not taggable and without use that has no
   * resource. Where a source cannot see resources, the latter is still in it.
   */
  readonly taggable: Micros;
}

export function denominatorsOf(buckets: BucketMicros): Denominators {
  const total = COST_BUCKETS.reduce((sum, bucket) => sum + buckets[bucket], 0n);
  return { total, taggable: total - buckets.not_taggable_charge - buckets.no_resource_id };
}

/** Shares of a bucket in both denominators; null where a share means nothing. */
export interface Shares {
  readonly ofTotal: number | null;
  /** Also null for buckets that are no part of taggable spend. */
  readonly ofTaggable: number | null;
}

export function sharesOf(buckets: BucketMicros, bucket: CostBucket): Shares {
  const { total, taggable } = denominatorsOf(buckets);
  const reachable = bucket !== "not_taggable_charge" && bucket !== "no_resource_id";
  return {
    ofTotal: shareOf(buckets[bucket], total),
    ofTaggable: reachable ? shareOf(buckets[bucket], taggable) : null,
  };
}

/** Why a share is null: nothing was spent, or refunds and credits outweigh what was. */
export function whyNoShare(denominator: Micros): "no_spend" | "negative_spend" | null {
  if (denominator > 0n) return null;
  return denominator === 0n ? "no_spend" : "negative_spend";
}

/** The spend nobody can answer for and a tag, a value or an account rule could give to somebody. */
export function gapOf(buckets: BucketMicros): Micros {
  return buckets.gap_missing_or_empty + buckets.gap_invalid_value + buckets.no_resource_id;
}

/** Sums groups of charges into buckets, one row per key; the order of adding changes nothing. */
export class WaterfallRows {
  readonly #rows = new Map<string, Record<CostBucket, Micros>>();

  add(key: string, bucket: CostBucket, micros: Micros): void {
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { ...NO_BUCKETS };
      this.#rows.set(key, row);
    }
    row[bucket] += micros;
  }

  absorb(other: WaterfallRows): void {
    for (const [key, buckets] of other.#rows)
      for (const bucket of COST_BUCKETS) this.add(key, bucket, buckets[bucket]);
  }

  /** Largest gap first; equal gaps by key. */
  rows(): readonly (readonly [key: string, buckets: BucketMicros])[] {
    return [...this.#rows].toSorted(([keyA, a], [keyB, b]) => {
      const difference = gapOf(b) - gapOf(a);
      if (difference !== 0n) return difference > 0n ? 1 : -1;
      return keyA < keyB ? -1 : 1;
    });
  }

  get(key: string): BucketMicros {
    return this.#rows.get(key) ?? NO_BUCKETS;
  }
}
