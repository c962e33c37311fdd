import { CLOUDS, type Cloud } from "../cloud.ts";
import { type CloudRule, compileCloudRules } from "../policy/cloud-rules.ts";
import type { PolicyDocument } from "../policy/schema.ts";
import { isProviderOwned } from "../policy/provider-owned.ts";
import type { Resource, TagSet } from "../resource.ts";
import { type Calibration, calibrate, calibrationError, type Scored } from "./calibration.ts";
import { type Feature, featuresOf } from "./features.ts";
import { inOrderOfAge } from "./order.ts";
import { type Evidence, ValueModel } from "./value-model.ts";

export interface Suggestion {
  /** Canonical tag name of the policy. */
  readonly tag: string;
  /** The key to write on this cloud. */
  readonly key: string;
  /** A value that the policy allows on this cloud, as other resources spell it. */
  readonly value: string;
  /** Calibrated: of suggestions with 0.9, nine in ten were right in the back-test. */
  readonly confidence: number;
  readonly evidence: Evidence;
}

/**
 * What a back-test hides from the suggester: only the tag in question, or every tag that people wrote, as
 * on a resource that was never tagged.
 */
export const HIDDEN = ["the_tag", "all_tags"] as const;
export type Hidden = (typeof HIDDEN)[number];

/** How suggestions for one tag did on resources they were not learned from, which are younger. */
export interface TagAccuracy {
  readonly tag: string;
  readonly cloud: Cloud;
  readonly hidden: Hidden;
  /** Resources whose known value was hidden. */
  readonly tested: number;
  /** Share of them whose value the best suggestion was; null when none was tested. */
  readonly top1: number | null;
  /** Share of them that got a suggestion of at least the threshold. */
  readonly coverage: number | null;
  /** Share of those that was right. */
  readonly accuracyWhenSure: number | null;
  /** Expected calibration error over all suggestions. */
  readonly calibrationError: number | null;
  /** The most frequent value, guessed for everything. */
  readonly majority: number | null;
  /** A value found anywhere in the id: right ones of all tested. */
  readonly substring: number | null;
}

export interface Suggester {
  /** Tags that can be suggested for, in policy order. */
  readonly tags: readonly string[];
  /** What is missing or wrong on a resource and known well enough, surest first. */
  suggest(resource: Resource, options: SuggestOptions): readonly Suggestion[];
  readonly accuracy: readonly TagAccuracy[];
  /** Resources that were learned from. */
  readonly learnedFrom: number;
}

export interface SuggestOptions {
  /** Only these tags; empty: all. */
  readonly tags: readonly string[];
  /** 0 to 1; less sure ones are not made. */
  readonly minConfidence: number;
}

/** Default threshold, below which nothing is suggested. */
export const DEFAULT_MIN_CONFIDENCE = 0.7;

/** A tag whose values hardly repeat (a name, a ticket) cannot be inferred. */
const LEAST_REPETITION = 3;
/** Learned from the oldest, calibrated on younger, measured on the youngest. */
const LEARNED_SHARE = 0.6;
const CALIBRATED_SHARE = 0.2;

/** A resource whose value is known, as it looks with one tag hidden and with all. */
interface Labelled {
  readonly resource: Resource;
  readonly value: string;
  readonly features: Readonly<Record<Hidden, readonly Feature[]>>;
}

/** What is known of one tag on one cloud. */
interface Learned {
  readonly cloud: Cloud;
  readonly rule: CloudRule;
  readonly key: string;
  readonly model: ValueModel;
  /** Where a resource has no tags, the same score means less. */
  readonly calibration: Readonly<Record<Hidden, Calibration>>;
  readonly accuracy: readonly TagAccuracy[];
}

/**
 * Learns, from resources whose tags are right, what the tags of others probably are. Nothing leaves a
 * cloud: values are learned per cloud, in its own spelling.
 * @param resources a sample of the estate; those with unknown tags teach nothing.
 */
export function learnSuggester(
  document: PolicyDocument,
  resources: readonly Resource[],
  threshold: number = DEFAULT_MIN_CONFIDENCE,
): Suggester {
  const ordered = inOrderOfAge(resources.filter(({ tags }) => tags !== null));
  const learned = CLOUDS.flatMap((cloud) => {
    const own = ordered.filter((resource) => resource.cloud === cloud).map(withFeatures);
    if (own.length === 0) return [];
    return compileCloudRules(document, cloud).rules.flatMap((rule) =>
      learnTag({ cloud, rule, threshold }, labelled(rule, own)),
    );
  });
  return {
    tags: [...new Set(learned.map(({ rule }) => rule.name))],
    accuracy: learned.flatMap(({ accuracy }) => accuracy),
    learnedFrom: ordered.length,
    suggest: (resource, options) => {
      const own = learned.filter(({ cloud }) => cloud === resource.cloud);
      return suggestFor(own, resource, options);
    },
  };
}

interface Featured {
  readonly resource: Resource;
  readonly features: Readonly<Record<Hidden, readonly Feature[]>>;
}

function withFeatures(resource: Resource): Featured {
  const bare = { ...resource, tags: providerTagsOf(resource) };
  return {
    resource,
    features: { the_tag: featuresOf(resource), all_tags: featuresOf(bare) },
  };
}

function providerTagsOf({ cloud, tags }: Resource): TagSet {
  return (tags ?? []).filter(({ key }) => isProviderOwned(cloud, key));
}

/** The valid value that a resource has for a rule, if it has one. */
export function valueOf(rule: CloudRule, { tags }: Resource): string | undefined {
  let best: { readonly rank: number; readonly value: string } | undefined;
  for (const { key, value } of tags ?? []) {
    const rank = rule.spelling.rankOf(key);
    if (rank !== null && (best === undefined || rank < best.rank)) best = { rank, value };
  }
  if (best === undefined || best.value.trim() === "") return undefined;
  return rule.values.check(best.value) === null ? best.value : undefined;
}

function labelled(rule: CloudRule, featured: readonly Featured[]): readonly Labelled[] {
  return featured.flatMap(({ resource, features }) => {
    const value = valueOf(rule, resource);
    if (value === undefined) return [];
    const { the_tag: others, all_tags } = features;
    return [{ resource, value, features: { the_tag: withoutOwn(rule, others), all_tags } }];
  });
}

/** A tag tells nothing about itself, in whatever spelling. */
function withoutOwn(rule: CloudRule, features: readonly Feature[]): readonly Feature[] {
  return features.filter(({ key }) => key === undefined || rule.spelling.rankOf(key) === null);
}

interface TagQuestion {
  readonly cloud: Cloud;
  readonly rule: CloudRule;
  readonly threshold: number;
}

function learnTag(
  { cloud, rule, threshold }: TagQuestion,
  examples: readonly Labelled[],
): readonly Learned[] {
  const { key } = rule.spelling;
  const distinct = new Set(examples.map(({ value }) => value)).size;
  if (key === null || examples.length < distinct * LEAST_REPETITION) return [];
  const learnTo = Math.floor(examples.length * LEARNED_SHARE);
  const calibrateTo = Math.floor(examples.length * (LEARNED_SHARE + CALIBRATED_SHARE));
  const past = modelOf(examples.slice(0, learnTo));
  const between = examples.slice(learnTo, calibrateTo);
  const calibration = {
    the_tag: calibrate(outcomes(past, between, "the_tag")),
    all_tags: calibrate(outcomes(past, between, "all_tags")),
  };
  const tested = examples.slice(calibrateTo);
  return [
    {
      cloud,
      rule,
      key,
      calibration,
      accuracy: HIDDEN.map((hidden) => ({
        tag: rule.name,
        cloud,
        hidden,
        ...measure({ model: past, calibration: calibration[hidden], hidden, threshold }, tested),
      })),
      // What is answered with has seen everything.
      model: modelOf(examples),
    },
  ];
}

function modelOf(examples: readonly Labelled[]): ValueModel {
  const model = new ValueModel();
  for (const { features, value } of examples) model.add({ features: features.the_tag, value });
  return model;
}

function outcomes(
  model: ValueModel,
  examples: readonly Labelled[],
  hidden: Hidden,
): readonly Scored[] {
  return examples.flatMap(({ features, value }) => {
    const best = model.best(features[hidden]);
    return best === undefined ? [] : [{ score: best.margin, right: best.value === value }];
  });
}

interface Measured {
  readonly model: ValueModel;
  readonly calibration: Calibration;
  readonly hidden: Hidden;
  readonly threshold: number;
}

function measure(
  { model, calibration, hidden, threshold }: Measured,
  tested: readonly Labelled[],
): Omit<TagAccuracy, "tag" | "cloud" | "hidden"> {
  const promises = outcomes(model, tested, hidden).map(({ score, right }) => ({
    probability: calibration(score),
    right,
  }));
  const sure = promises.filter(({ probability }) => probability >= threshold);
  const values = [...new Set(tested.map(({ value }) => value))];
  const majority = model.majority();
  const of = (right: number, all: number): number | null => (all === 0 ? null : right / all);
  const rightOf = (list: readonly { readonly right: boolean }[]): number =>
    list.filter(({ right }) => right).length;
  return {
    tested: tested.length,
    top1: of(rightOf(promises), tested.length),
    coverage: of(sure.length, tested.length),
    accuracyWhenSure: of(rightOf(sure), sure.length),
    calibrationError: calibrationError(promises),
    majority: of(tested.filter(({ value }) => value === majority).length, tested.length),
    substring: of(
      tested.filter(({ resource, value }) => guessBySubstring(resource, values) === value).length,
      tested.length,
    ),
  };
}

/** Shortest beginning of a value that the naive guess takes for the value: `prod` for `production`. */
const ABBREVIATION = 4;

/** What tools do that look for values in names; only ever measured against. */
function guessBySubstring({ id }: Resource, values: readonly string[]): string | undefined {
  const text = id.toLowerCase();
  return values.find((value) => text.includes(value.toLowerCase().slice(0, ABBREVIATION)));
}

function suggestFor(
  learned: readonly Learned[],
  resource: Resource,
  { tags, minConfidence }: SuggestOptions,
): readonly Suggestion[] {
  const features = featuresOf(resource);
  return learned
    .flatMap(({ rule, key, model, calibration }) => {
      if (tags.length > 0 && !tags.includes(rule.name)) return [];
      // Never in place of a value that is right.
      if (valueOf(rule, resource) !== undefined) return [];
      const others = withoutOwn(rule, features);
      const best = model.best(others);
      if (best === undefined) return [];
      const hidden = others.some(({ key: written }) => written !== undefined)
        ? "the_tag"
        : "all_tags";
      const confidence = calibration[hidden](best.margin);
      if (confidence < minConfidence) return [];
      const { value, evidence } = best;
      return [{ tag: rule.name, key, value, confidence, evidence }];
    })
    .toSorted((a, b) => b.confidence - a.confidence);
}
