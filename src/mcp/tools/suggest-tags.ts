import * as z from "zod";
import type { SuggestTags } from "../../app/suggest-tags.ts";
import { DEFAULT_MIN_CONFIDENCE } from "../../domain/suggest/suggester.ts";
import { defineReadTool } from "../define.ts";
import { tellOfScan } from "../scan-update.ts";
import { freshnessInput } from "../scope-input.ts";
import { suggestionOutput, suggestionText, toSuggestionOutput } from "../suggestion-output.ts";
import { MAX_TEXT_LENGTH } from "../untrusted-text.ts";

const text = z.string().min(1).max(MAX_TEXT_LENGTH);
const { max_age_minutes, refresh } = freshnessInput;

export default defineReadTool({
  name: "suggest_tags",
  title: "Suggest tags",
  description:
    "Suggests what value a tag such as CostCenter should have on a resource where it is missing or wrong, the right one: the environment, team or likely owner that these (1 to 100 ids) probably belong to. Learned from similar well-tagged resources, only values of the policy, with calibrated confidence and evidence; nothing where too little is known. Writes nothing.",
  reachesClouds: true,
  neverExpensive: "Reads only the places that at most 100 ids name; what it learns from is stored.",
  input: z.strictObject({
    resource_ids: z.array(text).min(1).max(100).describe("ARNs, Azure ids, GCP full names, mixed"),
    tags: z.array(text).max(50).default([]).describe("Policy tag names; empty = all"),
    min_confidence: z.number().min(0).max(1).default(DEFAULT_MIN_CONFIDENCE),
    max_age_minutes,
    refresh,
  }),
  output: suggestionOutput,
  async run(input, deps: { readonly suggestTags: SuggestTags }, context) {
    const result = await deps.suggestTags({
      ids: input.resource_ids,
      tags: input.tags,
      minConfidence: input.min_confidence,
      maxAgeMinutes: input.max_age_minutes,
      refresh: input.refresh,
      signal: context.signal,
      onProgress: tellOfScan(context),
    });
    return toSuggestionOutput(result);
  },
  summarize: suggestionText,
});
