import * as z from "zod";
import type { DetectTagDrift } from "../../app/tag-drift/detect-tag-drift.ts";
import { isBaseline } from "../../app/tag-drift/baseline-text.ts";
import { DRIFT_SEVERITIES } from "../../domain/compliance/drift/drift.ts";
import { defineReadTool } from "../define.ts";
import { driftOutput, toDriftOutput } from "../drift-output.ts";
import { driftText } from "../drift-text.ts";
import { tellOfScan } from "../scan-update.ts";
import { cloudsOf, cursorInput, freshnessInput, scopeInput } from "../scope-input.ts";
import { MAX_TEXT_LENGTH } from "../untrusted-text.ts";

const name = z.string().min(1).max(MAX_TEXT_LENGTH);

export default defineReadTool({
  name: "detect_tag_drift",
  title: "Detect tag drift",
  description:
    "Which tags changed since last week, yesterday, a date, a deployment or a scan, how they differ before and after: tags removed, lost, added, modified, overwritten or renamed recently, from which old to which new value, when, severity, and who changed it (the user or actor, where the cloud's audit log says; include_actor, slow). Compares cells read completely at both ends. For the trend of the score use get_violation_history.",
  reachesClouds: true,
  input: z.strictObject({
    baseline: z
      .string()
      .max(100)
      .refine(isBaseline, "Give last_7_days, a date, a time in UTC or a scan_id.")
      .default("last_7_days")
      .describe("last_7_days, a date or time (the last scan before it), or a scan_id"),
    until: name.optional().describe("scan_id of the later end; default: the latest scan"),
    ...scopeInput,
    severities: z.array(z.enum(DRIFT_SEVERITIES)).max(4).default([]).describe("Empty = all"),
    tag: name.optional().describe("One tag by policy name or key"),
    include_actor: z.boolean().default(false),
    ...freshnessInput,
    limit: z.int().min(1).max(100).default(10),
    ...cursorInput,
    response_format: z.enum(["concise", "detailed"]).default("concise"),
  }),
  output: driftOutput,
  async run(input, deps: { readonly detectTagDrift: DetectTagDrift }, context) {
    const result = await deps.detectTagDrift({
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      regions: input.regions,
      resourceTypes: input.resource_types,
      baseline: input.baseline,
      until: input.until,
      severities: input.severities,
      tag: input.tag,
      includeActor: input.include_actor,
      maxAgeMinutes: input.max_age_minutes,
      staleMinutes: input.allow_stale_minutes,
      refresh: input.refresh,
      storeSnapshot: false,
      limit: input.limit,
      cursor: input.cursor,
      signal: context.signal,
      onProgress: tellOfScan(context),
    });
    return toDriftOutput(result, input.response_format);
  },
  summarize: driftText,
});
