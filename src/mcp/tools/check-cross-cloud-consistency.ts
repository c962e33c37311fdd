import * as z from "zod";
import type { CheckConsistency } from "../../app/check-consistency.ts";
import { FINDING_KINDS } from "../../domain/compliance/consistency/finding.ts";
import { consistencyOutput, toConsistencyOutput } from "../consistency-output.ts";
import { consistencyText } from "../consistency-text.ts";
import { defineReadTool } from "../define.ts";
import { tellOfScan } from "../scan-update.ts";
import { cloudsOf, cursorInput, freshnessInput, scopeInput } from "../scope-input.ts";

export default defineReadTool({
  name: "check_cross_cloud_consistency",
  title: "Check cross-cloud consistency",
  description:
    "What do clouds, teams or applications spell differently? Several spellings or variants of one key (case, typos), unknown keys that need an alias, duplicate values that mean the same (prod, production), one application, team or owner with several conflicting cost centers, keys used on one cloud only, nowhere else. With counts, spend, confidence and policy lines that settle it. For verdicts per resource use check_tag_compliance.",
  reachesClouds: true,
  input: z.strictObject({
    ...scopeInput,
    kinds: z
      .array(z.enum(FINDING_KINDS))
      .max(FINDING_KINDS.length)
      .default([])
      .describe("Empty = all"),
    min_confidence: z.number().min(0).max(1).default(0.5),
    ...freshnessInput,
    limit: z.int().min(1).max(100).default(10),
    ...cursorInput,
    response_format: z
      .enum(["concise", "detailed"])
      .default("concise")
      .describe("detailed adds evidence and the policy lines of all findings"),
  }),
  output: consistencyOutput,
  async run(input, deps: { readonly checkConsistency: CheckConsistency }, context) {
    const result = await deps.checkConsistency({
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      regions: input.regions,
      resourceTypes: input.resource_types,
      kinds: input.kinds,
      minConfidence: input.min_confidence,
      maxAgeMinutes: input.max_age_minutes,
      staleMinutes: input.allow_stale_minutes,
      refresh: input.refresh,
      limit: input.limit,
      cursor: input.cursor,
      signal: context.signal,
      onProgress: tellOfScan(context),
    });
    return toConsistencyOutput(result, input.response_format);
  },
  summarize: consistencyText,
});
