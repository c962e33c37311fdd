import * as z from "zod";
import type { CheckCompliance } from "../../app/check-compliance.ts";
import { complianceOutput, toComplianceOutput } from "../compliance-output.ts";
import { complianceText } from "../compliance-text.ts";
import { defineReadTool } from "../define.ts";
import { toScanUpdate } from "../scan-update.ts";
import { cloudsOf, cursorInput, freshnessInput, scopeInput } from "../scope-input.ts";

export default defineReadTool({
  name: "check_tag_compliance",
  title: "Check tag compliance",
  description:
    "Scores resources against the tagging policy: score, counts per verdict and cloud, one page of violations, and what could not be read. Use it for any question on tag quality; for the rules alone use get_tagging_policy. Reads tags only, changes none. A fresh scan of a large estate can take minutes: narrow the scope or allow a higher max_age_minutes.",
  reachesClouds: true,
  input: z.strictObject({
    ...scopeInput,
    severity: z.enum(["all", "errors_only", "warnings_only"]).default("all"),
    ...freshnessInput,
    store_snapshot: z
      .boolean()
      .default(false)
      .describe("Keep the scan as a baseline for trends; only when the user asks"),
    limit: z.int().min(1).max(100).default(20).describe("Violations per page"),
    ...cursorInput,
    response_format: z
      .enum(["concise", "detailed"])
      .default("concise")
      .describe("detailed adds a breakdown by account, region and type"),
  }),
  output: complianceOutput,
  async run(input, deps: { readonly checkCompliance: CheckCompliance }, context) {
    const result = await deps.checkCompliance({
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      regions: input.regions,
      resourceTypes: input.resource_types,
      severity: input.severity,
      maxAgeMinutes: input.max_age_minutes,
      staleMinutes: input.allow_stale_minutes,
      refresh: input.refresh,
      storeSnapshot: input.store_snapshot,
      limit: input.limit,
      cursor: input.cursor,
      signal: context.signal,
      onProgress: (progress) => context.progress(toScanUpdate(progress)),
    });
    return toComplianceOutput(result, input.response_format);
  },
  summarize: complianceText,
});
