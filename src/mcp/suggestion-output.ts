import * as z from "zod";
import type { SuggestTagsResult } from "../app/suggest-tags.ts";
import { CLOUDS } from "../domain/cloud.ts";
import { evidenceText } from "../domain/suggest/evidence-text.ts";
import { PAGE_BUDGET, rowsWithin } from "./page-budget.ts";
import { cleanText } from "./untrusted-text.ts";

const share = z.number().min(0).max(1).nullable();

/** What `suggest_tags` answers. */
export const suggestionOutput = z.object({
  results: z
    .array(
      z.object({
        resource_id: z.string(),
        status: z.string(),
        suggestions: z.array(
          z.object({
            tag: z.string(),
            key: z.string(),
            value: z.string(),
            confidence: z.number(),
            evidence: z.string(),
          }),
        ),
        no_suggestion_for: z.array(z.string()),
      }),
    )
    .describe("status as in validate_resource_tags; no_suggestion_for: too little is known"),
  measured_accuracy: z
    .array(
      z.object({
        tag: z.string(),
        cloud: z.enum(CLOUDS),
        hidden: z.string(),
        tested: z.int(),
        top1: share,
        accuracy_when_sure: share,
        coverage: share,
        calibration_error: share,
      }),
    )
    .describe("Back-test on held-out resources; hidden: all_tags is how untagged ones fare"),
  learned_from: z.int(),
  data_as_of: z.iso.datetime().nullable(),
  scanned: z.boolean(),
});
export type SuggestionOutput = z.output<typeof suggestionOutput>;

/** Rows are in the order of the ids asked for: where the longest ids fill an answer, their beginnings do. */
const SHORT_ID = 120;

export function toSuggestionOutput(result: SuggestTagsResult): SuggestionOutput {
  const rows = result.results.map(({ id, status, suggestions, withoutSuggestion }) => ({
    resource_id: cleanText(id).text,
    status,
    suggestions: suggestions.map(({ tag, key, value, confidence, evidence }) => ({
      tag,
      key,
      value: cleanText(value).text,
      confidence: round(confidence),
      evidence: evidenceText(evidence),
    })),
    no_suggestion_for: [...withoutSuggestion],
  }));
  const fit = rowsWithin(rows, PAGE_BUDGET.large);
  return {
    results: rows.map((row, index) =>
      index < fit ? row : { ...row, resource_id: cleanText(row.resource_id, SHORT_ID).text },
    ),
    measured_accuracy: result.accuracy.map((one) => ({
      tag: one.tag,
      cloud: one.cloud,
      hidden: one.hidden,
      tested: one.tested,
      top1: roundOrNull(one.top1),
      accuracy_when_sure: roundOrNull(one.accuracyWhenSure),
      coverage: roundOrNull(one.coverage),
      calibration_error: roundOrNull(one.calibrationError),
    })),
    learned_from: result.learnedFrom,
    data_as_of: result.dataAsOf === null ? null : new Date(result.dataAsOf).toISOString(),
    scanned: result.scanned,
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
const roundOrNull = (value: number | null): number | null => (value === null ? null : round(value));

/** For readers of text: counts, and what to do next. */
export function suggestionText({ results, learned_from: from }: SuggestionOutput): string {
  const made = results.reduce((sum, { suggestions }) => sum + suggestions.length, 0);
  const none = results.reduce((sum, { no_suggestion_for: tags }) => sum + tags.length, 0);
  const unread = results.filter(({ status }) =>
    ["unknown", "not_found", "not_an_id"].includes(status),
  ).length;
  return [
    `${made} suggestion(s) for ${results.length} resource(s), learned from ${from} tagged resources. Nothing was changed.`,
    ...(none > 0
      ? [`For ${none} wrong or missing tag(s) too little is known to suggest a value.`]
      : []),
    ...(unread > 0 ? [`${unread} resource(s) could not be found or read; status says which.`] : []),
    "Confidence is calibrated; measured_accuracy says how the same tags did in a back-test. Have a person confirm values before they are written.",
  ].join("\n");
}
