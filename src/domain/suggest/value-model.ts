import { FEATURE_KINDS, type Feature, type FeatureKind } from "./features.ts";

/** How the best single feature speaks for a value. */
export interface Evidence {
  readonly kind: FeatureKind;
  /** Resources with this feature whose value is known. */
  readonly of: number;
  /** Those among them that have the suggested value. */
  readonly agreeing: number;
  /** Where it is a tag that people write: the key both have. Untrusted text. */
  readonly key: string | null;
}

export interface Ranked {
  readonly value: string;
  /** Log-odds against the next best value: larger is surer, without a unit. */
  readonly margin: number;
  readonly evidence: Evidence;
}

/** Features and the value of one resource. */
export interface Example {
  readonly features: readonly Feature[];
  readonly value: string;
}

/** Weight, in resources, of what is known without a feature. */
const SMOOTHING = 1;
/** Resources that must share a feature before it says anything. */
const LEAST_SUPPORT = 2;
/** The surest features decide; the rest mostly repeat them. */
const STRONGEST = 6;
/** One-sided 90 %: how far a share of few is pulled towards nothing. */
const Z = 1.2816;

/** What is counted of one feature. */
interface Counts {
  /** Resources by the index of their value. */
  readonly byValue: Map<number, number>;
  of: number;
  /** Of its most frequent value. */
  most: number;
}

/**
 * Values of one tag on one cloud, learned by counting. What each feature says of each value is pooled
 * logarithmically, weighted by how sure the feature is: features repeat each other, so the sum is a
 * score to be calibrated and no probability.
 */
export class ValueModel {
  readonly #values: string[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #frequency: number[] = [];
  readonly #features = new Map<string, Counts>();
  #examples = 0;

  add({ features, value }: Example): void {
    const index = this.#valueIndex(value);
    this.#examples += 1;
    this.#frequency[index] = at(this.#frequency, index) + 1;
    for (const { text } of features) {
      let counts = this.#features.get(text);
      if (counts === undefined) {
        counts = { byValue: new Map(), of: 0, most: 0 };
        this.#features.set(text, counts);
      }
      const count = (counts.byValue.get(index) ?? 0) + 1;
      counts.byValue.set(index, count);
      counts.of += 1;
      counts.most = Math.max(counts.most, count);
    }
  }

  /** The most frequent value; undefined without examples. */
  majority(): string | undefined {
    return this.#values[this.#frequency.indexOf(Math.max(...this.#frequency))];
  }

  /** The best value; undefined when nothing that is known speaks of the resource. */
  best(features: readonly Feature[]): Ranked | undefined {
    const opinions = features.flatMap((feature) => this.#opinionOf(feature));
    if (opinions.length === 0) return undefined;
    const scores = this.#scores(
      opinions.toSorted((a, b) => b.weight - a.weight).slice(0, STRONGEST),
    );
    const [first, second] = twoLargest(scores);
    const evidence = bestEvidence(opinions, first);
    if (evidence === null) return undefined;
    // A tag that only ever had one value has no rival; then its frequency is all there is to say.
    const margin =
      second === undefined ? Math.log(this.#examples) : at(scores, first) - at(scores, second);
    return { value: this.#values[first] ?? "", margin, evidence };
  }

  #valueIndex(value: string): number {
    const known = this.#indexOf.get(value);
    if (known !== undefined) return known;
    const index = this.#values.push(value) - 1;
    this.#indexOf.set(value, index);
    return index;
  }

  #opinionOf(feature: Feature): readonly Opinion[] {
    const counts = this.#features.get(feature.text);
    if (counts === undefined || counts.of < LEAST_SUPPORT) return [];
    return [{ feature, counts, weight: lowerBound(counts.most, counts.of) }];
  }

  /**
   * Log-odds of each value, up to a constant. An opinion raises a value by
   * `weight · log(smoothed share / prior)`, which for values it never saw is the same for all of them.
   */
  #scores(opinions: readonly Opinion[]): readonly number[] {
    const priors = this.#frequency.map(
      (count) => (count + 1) / (this.#examples + this.#values.length),
    );
    const scores = priors.map(Math.log);
    for (const { counts, weight } of opinions)
      for (const [index, count] of counts.byValue) {
        const raised = 1 + count / (SMOOTHING * at(priors, index));
        scores[index] = at(scores, index) + weight * Math.log(raised);
      }
    return scores;
  }
}

interface Opinion {
  readonly feature: Feature;
  readonly counts: Counts;
  /** 0 to 1: lower bound of the share of its most frequent value. */
  readonly weight: number;
}

function twoLargest(scores: readonly number[]): readonly [number, number | undefined] {
  let first = 0;
  let second: number | undefined;
  for (let index = 1; index < scores.length; index += 1)
    if (at(scores, index) > at(scores, first)) {
      second = first;
      first = index;
    } else if (second === undefined || at(scores, index) > at(scores, second)) second = index;
  return [first, second];
}

function bestEvidence(opinions: readonly Opinion[], index: number): Evidence | null {
  let best: Opinion | undefined;
  for (const opinion of opinions)
    if (best === undefined || tellsBetter(opinion, best, index)) best = opinion;
  const agreeing = best?.counts.byValue.get(index) ?? 0;
  if (best === undefined || agreeing === 0) return null;
  const { feature, counts } = best;
  return { kind: feature.kind, of: counts.of, agreeing, key: feature.key ?? null };
}

/** By the share of resources that agree, as far as their number lets it be believed; then by kind. */
function tellsBetter(one: Opinion, other: Opinion, index: number): boolean {
  const [left, right] = [agreement(one, index), agreement(other, index)];
  if (left !== right) return left > right;
  return FEATURE_KINDS.indexOf(one.feature.kind) < FEATURE_KINDS.indexOf(other.feature.kind);
}

function agreement({ counts }: Opinion, index: number): number {
  const agreeing = counts.byValue.get(index) ?? 0;
  return agreeing === 0 ? 0 : lowerBound(agreeing, counts.of);
}

/** Wilson's lower bound of a share (Wilson, 1927). */
function lowerBound(agreeing: number, of: number): number {
  const share = agreeing / of;
  const z2 = Z * Z;
  const centre = share + z2 / (2 * of);
  const spread = Z * Math.sqrt((share * (1 - share) + z2 / (4 * of)) / of);
  return Math.max(0, (centre - spread) / (1 + z2 / of));
}

const at = (scores: readonly number[], index: number): number => scores[index] ?? 0;
