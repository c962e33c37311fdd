import * as z from "zod";
import type { GetCostGap } from "../../app/cost/cost-gap.ts";
import { GAP_GROUPINGS } from "../../domain/cost/gap.ts";
import { costGapOutput, toCostGapOutput } from "../cost-gap-output.ts";
import { costGapText } from "../cost-gap-text.ts";
import { defineReadTool } from "../define.ts";
import { cloudsOf, scopeInput } from "../scope-input.ts";

export default defineReadTool({
  name: "get_cost_attribution_gap",
  title: "Get cost attribution gap",
  description:
    "How much of the cloud bill nobody can answer for, and why: a waterfall that adds up to the bill (allocated, tag missing, value invalid, exempt, no resource, not taggable), by account, service and more, with the fewest steps that reach a target. From imported bills, else from the clouds; AWS charges 0.01 USD a request (dry_run tells how many). For single resources use check_tag_compliance.",
  reachesClouds: true,
  input: z.strictObject({
    cloud_provider: scopeInput.cloud_provider,
    accounts: scopeInput.accounts,
    time_period: z
      .string()
      .max(60)
      .default("last_month")
      .describe("last_month, last_30_days, month_to_date, 2026-10 or 2026-10-01/2026-11-01"),
    group_by: z.enum(GAP_GROUPINGS).optional(),
    tags: z
      .array(z.string().min(1).max(512))
      .max(10)
      .default([])
      .describe("Tags that must all be valid; empty = the configured one"),
    metric: z.enum(["effective", "billed"]).default("effective"),
    target_share: z.number().gt(0).max(1).default(0.9).describe("Of taggable spend, for path"),
    limit: z.int().min(1).max(100).default(10).describe("Rows; half as many steps"),
    refresh: z.boolean().default(false).describe("Ask again although an answer was kept"),
    dry_run: z.boolean().default(false),
  }),
  output: costGapOutput,
  async run(input, deps: { readonly getCostGap: GetCostGap }, context) {
    const result = await deps.getCostGap({
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      period: input.time_period,
      groupBy: input.group_by ?? null,
      tags: input.tags,
      metric: input.metric,
      target: input.target_share,
      dryRun: input.dry_run,
      refresh: input.refresh,
      signal: context.signal,
      onSpent: (costMicros) => context.spent?.(Number(costMicros)),
    });
    return toCostGapOutput(result, { rows: input.limit, steps: Math.ceil(input.limit / 2) });
  },
  summarize: costGapText,
});
