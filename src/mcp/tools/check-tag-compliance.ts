import * as z from "zod";
import type { CheckCompliance } from "../../app/check-compliance.ts";
import { complianceOutput, toComplianceOutput } from "../compliance-output.ts";
import { complianceText } from "../compliance-text.ts";
import { defineReadTool } from "../define.ts";
import { AS_STORED, pageWithinBudget } from "../page-budget.ts";
import { tellOfScan } from "../scan-update.ts";
import { cloudsOf, cursorInput, freshnessInput, scopeInput } from "../scope-input.ts";

const DEFAULT_LIMIT = 10;

export default defineReadTool({
  name: "check_tag_compliance",
  title: "Check tag compliance",
  description:
    "How compliant are resources with the tagging policy, overall or in a scope: score, percentage or rate, pass or fail for the gate of a pipeline or release, counts per cloud, one page of violations: which break or follow the tagging rules (missing tags, an invalid value in CostCenter, one that is not allowed, does not exist in the list), and what the scan skipped or could not read. Checks stored data or runs a new, fresh scan of tags (minutes). For the rules alone use get_tagging_policy.",
  reachesClouds: true,
  input: z.strictObject({
    ...scopeInput,
    severity: z.enum(["all", "errors_only", "warnings_only"]).default("all"),
    ...freshnessInput,
    store_snapshot: z
      .boolean()
      .default(false)
      .describe("Keep, store the scan as a baseline for trends; only when the user asks"),
    limit: z.int().min(1).max(100).default(DEFAULT_LIMIT),
    ...cursorInput,
    response_format: z
      .enum(["concise", "detailed"])
      .default("concise")
      .describe("detailed adds a breakdown by account, region and type"),
  }),
  output: complianceOutput,
  async run(input, deps: { readonly checkCompliance: CheckCompliance }, context) {
    const request = {
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      regions: input.regions,
      resourceTypes: input.resource_types,
      severity: input.severity,
      cursor: input.cursor,
      signal: context.signal,
    };
    return pageWithinBudget({
      limit: input.limit,
      defaultLimit: DEFAULT_LIMIT,
      ask: async (limit) =>
        toComplianceOutput(
          await deps.checkCompliance({
            ...request,
            limit,
            maxAgeMinutes: input.max_age_minutes,
            staleMinutes: input.allow_stale_minutes,
            refresh: input.refresh,
            storeSnapshot: input.store_snapshot,
            onProgress: tellOfScan(context),
          }),
          input.response_format,
        ),
      // What was just answered from is young enough; and it may have been scanned for that.
      askFewer: async (limit, { scanned }) => ({
        ...toComplianceOutput(
          await deps.checkCompliance({ ...request, ...AS_STORED, limit }),
          input.response_format,
        ),
        scanned,
      }),
      rowsOf: ({ violations }) => violations,
    });
  },
  summarize: complianceText,
});
