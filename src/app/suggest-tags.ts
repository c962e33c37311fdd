import type { PolicyDocument } from "../domain/policy/schema.ts";
import {
  learnSuggester,
  type Suggester,
  type Suggestion,
  type TagAccuracy,
} from "../domain/suggest/suggester.ts";
import { EVERYTHING } from "../domain/scan/scope.ts";
import type { ResourceSample } from "../ports/resource-sample.ts";
import type { FreshnessRequest } from "./fresh-inventory.ts";
import type { ResourceValidation, ValidateResources } from "./validate-resources.ts";

export interface SuggestTagsRequest
  extends Pick<FreshnessRequest, "maxAgeMinutes" | "refresh" | "signal" | "onProgress"> {
  /** 1 to 100, of any cloud. */
  readonly ids: readonly string[];
  /** Canonical names of the policy; empty: every one that can be learned. */
  readonly tags: readonly string[];
  /** 0 to 1. */
  readonly minConfidence: number;
}

export interface ResourceSuggestions {
  readonly id: string;
  readonly status: ResourceValidation["status"];
  readonly suggestions: readonly Suggestion[];
  /** Required tags that are missing or wrong and for which nothing is known well enough. */
  readonly withoutSuggestion: readonly string[];
}

export interface SuggestTagsResult {
  /** One for each id asked for, in that order. */
  readonly results: readonly ResourceSuggestions[];
  /** Of the tags and clouds that were suggested for. */
  readonly accuracy: readonly TagAccuracy[];
  readonly learnedFrom: number;
  readonly dataAsOf: number | null;
  readonly scanned: boolean;
}

export type SuggestTags = (request: SuggestTagsRequest) => Promise<SuggestTagsResult>;

export interface BacktestResult {
  readonly accuracy: readonly TagAccuracy[];
  readonly learnedFrom: number;
}

export type BacktestSuggestions = (threshold: number) => Promise<BacktestResult>;

export interface SuggestTagsDeps {
  readonly validateResources: ValidateResources;
  readonly sample: ResourceSample;
  readonly policy: () => Promise<{ readonly hash: string; readonly document: PolicyDocument }>;
  readonly now: () => number;
}

/** Enough that every team of a large organisation is in it many times, and learned in seconds. */
const SAMPLE_SIZE = 20_000;
/** What was learned is used again for this long: estates change slowly. */
const KEPT_MS = 600_000;

interface Kept {
  readonly policyHash: string;
  readonly learnedAt: number;
  readonly suggester: Promise<Suggester>;
}

/**
 * Values that missing and wrong tags probably should have, learned from resources of the inventory whose
 * tags are right; nothing is written. @throws {AppError} as validating resources does
 */
export function createSuggestTags(deps: SuggestTagsDeps): {
  readonly suggestTags: SuggestTags;
  readonly backtestSuggestions: BacktestSuggestions;
} {
  let kept: Kept | undefined;
  const suggester = async (): Promise<Suggester> => {
    const { hash, document } = await deps.policy();
    const fresh = kept?.policyHash === hash && deps.now() - kept.learnedAt < KEPT_MS;
    if (kept === undefined || !fresh) {
      const learning = deps.sample
        .sample(EVERYTHING, SAMPLE_SIZE)
        .then((resources) => learnSuggester(document, resources));
      const current: Kept = { policyHash: hash, learnedAt: deps.now(), suggester: learning };
      kept = current;
      // A failure is told and not kept.
      learning.catch(() => {
        if (kept === current) kept = undefined;
      });
    }
    return kept.suggester;
  };
  return {
    suggestTags: async ({ ids, tags, minConfidence, ...freshness }) => {
      const validated = await deps.validateResources({ ids, ...freshness });
      const learned = await suggester();
      const options = { tags, minConfidence };
      const results = validated.results.map((one) => suggestionsFor(one, learned, options));
      const { dataAsOf, scanned } = validated;
      return {
        results,
        accuracy: relevant(learned.accuracy, results, validated.results),
        learnedFrom: learned.learnedFrom,
        dataAsOf,
        scanned,
      };
    },
    backtestSuggestions: async (threshold) => {
      const { document } = await deps.policy();
      const resources = await deps.sample.sample(EVERYTHING, SAMPLE_SIZE);
      const { accuracy, learnedFrom } = learnSuggester(document, resources, threshold);
      return { accuracy, learnedFrom };
    },
  };
}

function suggestionsFor(
  one: ResourceValidation,
  learned: Suggester,
  options: { readonly tags: readonly string[]; readonly minConfidence: number },
): ResourceSuggestions {
  const { id, status } = one;
  if (!("resource" in one)) return { id, status, suggestions: [], withoutSuggestion: [] };
  const suggestions = learned.suggest(one.resource, options);
  const lacking = new Set(
    one.violations.filter(({ severity }) => severity === "error").map(({ tag }) => tag),
  );
  const suggested = new Set(suggestions.map(({ tag }) => tag));
  const withoutSuggestion = [...lacking].filter(
    (tag) => !suggested.has(tag) && (options.tags.length === 0 || options.tags.includes(tag)),
  );
  return { id, status, suggestions, withoutSuggestion };
}

/** How far the suggestions that were made can be trusted. */
function relevant(
  accuracy: readonly TagAccuracy[],
  results: readonly ResourceSuggestions[],
  validated: readonly ResourceValidation[],
): readonly TagAccuracy[] {
  const made = new Set(
    validated.flatMap((one, index) => {
      if (!("resource" in one)) return [];
      const { cloud } = one.resource;
      return (results[index]?.suggestions ?? []).map(({ tag }) => `${cloud}|${tag}`);
    }),
  );
  return accuracy.filter(({ cloud, tag }) => made.has(`${cloud}|${tag}`));
}
