import * as z from "zod";
import type { GetCostGap } from "../../app/cost/cost-gap.ts";
import type { CostGapRequest } from "../../app/cost/cost-question.ts";
import { GAP_GROUPINGS } from "../../domain/cost/gap.ts";
import { costGapOutput, toCostGapOutput } from "../cost-gap-output.ts";
import { costGapText } from "../cost-gap-text.ts";
import { costGapEstimate } from "../cost-gap-estimate.ts";
import { defineReadTool } from "../define.ts";
import { cloudsOf, freshnessInput, scopeInput } from "../scope-input.ts";

const input = z.strictObject({
  cloud_provider: scopeInput.cloud_provider,
  accounts: scopeInput.accounts,
  regions: scopeInput.regions.describe("Only what the bill places there"),
  resource_types: scopeInput.resource_types.describe("Native ids or categories"),
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
  refresh: z.boolean().default(false).describe("Ask again, whatever was kept"),
  dry_run: freshnessInput.dry_run,
  confirm: freshnessInput.confirm,
});

interface Deps {
  readonly getCostGap: GetCostGap;
}

const NEVER = new AbortController().signal;

function requestOf(asked: z.output<typeof input>): Omit<CostGapRequest, "signal"> {
  return {
    clouds: cloudsOf(asked.cloud_provider),
    accounts: asked.accounts,
    regions: asked.regions,
    resourceTypes: asked.resource_types,
    period: asked.time_period,
    groupBy: asked.group_by ?? null,
    tags: asked.tags,
    metric: asked.metric,
    target: asked.target_share,
    dryRun: asked.dry_run,
    refresh: asked.refresh,
  };
}

export default defineReadTool({
  name: "get_cost_attribution_gap",
  title: "Get cost attribution gap",
  description:
    "How much of the bill (cloud spend, invoice, FOCUS export, CUR), what percentage, is unallocated: spend with no owner, team or cost center, which nobody can answer for or be charged back, and why: allocated, missing or invalid tag, and shared cost that cannot be tagged (tax, support fees) add up, to reconcile with finance. Showback by account, team or service; the few fixes, least effort, that reach a target share. AWS charges 0.01 USD a request. For single resources use find_untagged_resources.",
  reachesClouds: true,
  input,
  output: costGapOutput,
  async estimate(asked, { getCostGap }: Deps) {
    // A dry run asks no cloud, so that there is nothing to cancel.
    const planned = await getCostGap({ ...requestOf(asked), dryRun: true, signal: NEVER });
    return costGapEstimate(planned);
  },
  async run(asked, { getCostGap }: Deps, context) {
    const result = await getCostGap({
      ...requestOf(asked),
      signal: context.signal,
      onSpent: (costMicros) => context.spent?.(Number(costMicros)),
    });
    return toCostGapOutput(result, { rows: asked.limit, steps: Math.ceil(asked.limit / 2) });
  },
  summarize: costGapText,
});
