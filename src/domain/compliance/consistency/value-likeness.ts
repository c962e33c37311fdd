import { foldValue } from "./spelling.ts";
import { type TextCounts, textHash } from "./counted-sample.ts";

/** Values of one key, folded so that case and separators do not count. */
export interface FoldedValues {
  readonly counts: ReadonlyMap<string, number>;
  /** Resources behind `counts`. */
  readonly total: number;
  /** Folds with a higher hash may be missing; see `CountedSample`. */
  readonly hashLimit: number;
}

export interface ValueLikeness {
  /** 0 to 1; see `compareValues`. */
  readonly overlap: number;
  /** 0 to 1: how much the overlap can say, given how many values there are and how telling they are. */
  readonly reliability: number;
  /** Different values that both have. */
  readonly shared: number;
}

/** Values that any key may have: sharing them says nothing. */
const UNTELLING = new Set(
  `true false yes no on off none null na n/a unknown unassigned tbd todo default other all any
   enabled disabled active inactive 0 1`
    .split(/\s+/)
    .map(foldValue)
    .concat(""),
);

/** @param samples each with the way to the canonical value of its rule, where there is one. */
export function foldValues(
  samples: readonly {
    readonly values: TextCounts;
    readonly canonical: (value: string) => string;
  }[],
): FoldedValues {
  const counts = new Map<string, number>();
  let total = 0;
  let hashLimit = Number.POSITIVE_INFINITY;
  for (const { values, canonical } of samples) {
    hashLimit = Math.min(hashLimit, values.hashLimit);
    for (const [value, count] of values.counts) {
      const fold = foldValue(canonical(value));
      if (UNTELLING.has(fold)) continue;
      counts.set(fold, (counts.get(fold) ?? 0) + count);
      total += count;
    }
  }
  return { counts, total, hashLimit };
}

/** Resources at which half of what values can say is believed. */
const HALF_BELIEVED_AT = 4;

/**
 * Do two keys hold the same values? The mean of two measures of the value distributions: weighted
 * Jaccard (are they used alike?) and containment (is what the rarer key holds known to the other?), since
 * a spelling that few use shows few of the values. A value the other key has once at most is expected to
 * be missing as often as its own values stand alone (Good 1953), and containment is measured against that.
 */
export function compareValues(a: FoldedValues, b: FoldedValues): ValueLikeness {
  const candidate = below(b.hashLimit, a);
  const anchor = below(a.hashLimit, b);
  if (candidate.total === 0 || anchor.total === 0) return { overlap: 0, reliability: 0, shared: 0 };
  let common = 0;
  let contained = 0;
  let shared = 0;
  let alone = 0;
  for (const [fold, count] of candidate.counts) {
    const other = anchor.counts.get(fold);
    if (other === undefined) continue;
    common += Math.min(count / candidate.total, other / anchor.total);
    contained += count / candidate.total;
    shared += 1;
  }
  for (const count of anchor.counts.values()) if (count === 1) alone += 1;
  const predictable = 1 - alone / anchor.total;
  const jaccard = common / (2 - common);
  const containment = predictable === 0 ? 0 : Math.min(1, contained / predictable);
  return {
    overlap: (jaccard + containment) / 2,
    reliability:
      predictable *
      (candidate.total / (candidate.total + HALF_BELIEVED_AT)) *
      (anchor.total / (anchor.total + HALF_BELIEVED_AT)),
    shared,
  };
}

/** Of two samples only the part is compared that both would have kept. */
function below(hashLimit: number, values: FoldedValues): FoldedValues {
  if (hashLimit >= values.hashLimit) return values;
  const counts = new Map([...values.counts].filter(([fold]) => textHash(fold) <= hashLimit));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { counts, total, hashLimit };
}
