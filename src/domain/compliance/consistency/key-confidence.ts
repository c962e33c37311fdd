import type { NameRelation } from "./name-likeness.ts";
import type { ValueLikeness } from "./value-likeness.ts";

/** How two keys stand to each other on resources of the clouds where both are used. */
export interface Togetherness {
  /** Of the rarer key's resources there, the share that carries the other key too. 0 to 1. */
  readonly together: number;
  /** The share of all resources there that carries the more frequent key: what chance would give. */
  readonly expected: number;
  /** 0 to 1: how much can be concluded, by the number of resources. */
  readonly reliability: number;
}

/**
 * Weights of evidence, as logarithms of odds: +1 makes "same meaning" about 2.7 times as likely.
 * `docs/cross-cloud-consistency.md` repeats them for readers.
 */
const NAME_WEIGHT: Readonly<Record<NameRelation, number>> = {
  same_letters: 5,
  same_words: 2.5,
  typo: 1.5,
  abbreviation: 0.75,
  synonym: -0.5,
  neutral_word_added: 0.25,
  word_added: -2,
  shared_word: -3,
  none: -3.5,
};
const VALUE_WEIGHT = 7;
/** Overlap that speaks neither for nor against. */
const NEUTRAL_OVERLAP = 0.3;
const TOGETHER_WEIGHT = -8;
const APART_WEIGHT = 2;
/** Two tags of one spelling on a resource are a copy made on the way to the right spelling. */
const SAME_LETTERS_FLOOR = 2;

/** From this on a pair is reported as spellings of one meaning. */
export const REPORTED_FROM = 0.5;

/**
 * Names that do not say the same by themselves. The same people, teams or stages stand in many keys, so
 * that equal values prove nothing here; only keys that could stand together and do not are one.
 */
const WEAK_RELATIONS: ReadonlySet<NameRelation> = new Set(["word_added", "shared_word", "none"]);
/** Share of resources that must carry the other key by chance before avoiding it tells something. */
const TELLING_CHANCE = 0.2;

/**
 * How likely it is that two keys mean the same, 0 to 1: names for a start, then whether their values
 * agree, and whether they avoid each other. Two keys that stand on one resource say two things.
 */
export function sameMeaningConfidence(
  relation: NameRelation,
  values: ValueLikeness,
  apart: Togetherness,
): number {
  if (WEAK_RELATIONS.has(relation) && apart.expected * apart.reliability < TELLING_CHANCE) return 0;
  const points = NAME_WEIGHT[relation] + valuePoints(values) + togetherPoints(apart);
  const floored = relation === "same_letters" ? Math.max(points, SAME_LETTERS_FLOOR) : points;
  return 1 / (1 + Math.exp(-floored));
}

function valuePoints({ overlap, reliability, shared }: ValueLikeness): number {
  const points = VALUE_WEIGHT * reliability * (overlap - NEUTRAL_OVERLAP);
  // One value in common may be chance; several are a vocabulary.
  return points > 0 ? points * (shared / (shared + 1)) : points;
}

function togetherPoints({ together, expected, reliability }: Togetherness): number {
  return (
    reliability * (TOGETHER_WEIGHT * together + APART_WEIGHT * Math.max(0, expected - together))
  );
}
