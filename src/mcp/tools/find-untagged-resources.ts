import * as z from "zod";
import type { FindUntagged } from "../../app/find-untagged.ts";
import { TAG_GAPS } from "../../domain/compliance/tag-gap.ts";
import { defineReadTool } from "../define.ts";
import { AS_STORED, pageWithinBudget } from "../page-budget.ts";
import { tellOfScan } from "../scan-update.ts";
import { cloudsOf, cursorInput, freshnessInput, scopeInput } from "../scope-input.ts";
import { toUntaggedOutput, untaggedOutput } from "../untagged-output.ts";
import { untaggedText } from "../untagged-text.ts";

const DEFAULT_LIMIT = 10;

export default defineReadTool({
  name: "find_untagged_resources",
  title: "Find untagged resources",
  description:
    "Finds untagged resources: no tags at all (never tagged, emptied, only system tags that the cloud or its autoscaling put there), or without a required one: missing the Owner or environment tag, lacking a cost center. Orphans that nobody owns or is accountable for, to clean up. Tells what is missing, age (how long), monthly cost, most expensive first, totals by type. Unread tags count apart. For wrong values use check_tag_compliance.",
  reachesClouds: true,
  input: z.strictObject({
    ...scopeInput,
    categories: z
      .array(z.enum(TAG_GAPS))
      .max(TAG_GAPS.length)
      .default([])
      .describe("Empty = all but unknown"),
    min_cost_threshold: z
      .number()
      .min(0)
      .optional()
      .describe("Monthly, bill's currency; dearest first; not applied without a bill"),
    ...freshnessInput,
    limit: z.int().min(1).max(100).default(DEFAULT_LIMIT),
    ...cursorInput,
    response_format: z.enum(["concise", "detailed"]).default("concise"),
  }),
  output: untaggedOutput,
  async run(input, deps: { readonly findUntagged: FindUntagged }, context) {
    const request = {
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      regions: input.regions,
      resourceTypes: input.resource_types,
      gaps: input.categories,
      minCostThreshold: input.min_cost_threshold,
      cursor: input.cursor,
      signal: context.signal,
    };
    return pageWithinBudget({
      limit: input.limit,
      defaultLimit: DEFAULT_LIMIT,
      ask: async (limit) =>
        toUntaggedOutput(
          await deps.findUntagged({
            ...request,
            limit,
            maxAgeMinutes: input.max_age_minutes,
            staleMinutes: input.allow_stale_minutes,
            refresh: input.refresh,
            onProgress: tellOfScan(context),
          }),
          input.response_format,
        ),
      // What was just answered from is young enough; and it may have been scanned for that.
      askFewer: async (limit, { scanned }) => ({
        ...toUntaggedOutput(
          await deps.findUntagged({ ...request, ...AS_STORED, limit }),
          input.response_format,
        ),
        scanned,
      }),
      rowsOf: ({ resources }) => resources,
    });
  },
  summarize: untaggedText,
});
