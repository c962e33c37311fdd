import * as z from "zod";
import type { GetViolationHistory } from "../../app/violation-history.ts";
import { GROUPINGS, type Grouping } from "../../domain/compliance/trend/periods.ts";
import { defineReadTool } from "../define.ts";
import { historyOutput, toHistoryOutput } from "../history-output.ts";
import { historyText } from "../history-text.ts";
import { cloudsOf, scopeInput } from "../scope-input.ts";
import { MAX_TEXT_LENGTH } from "../untrusted-text.ts";

export default defineReadTool({
  name: "get_violation_history",
  title: "Get violation history",
  description:
    "How compliance, or violations of one tag such as Owner, developed over time: trend and progress over past weeks, months, quarters or the year, getting better or worse than before, at which rate; score per day, week or month for a chart. Rests on daily snapshots, forecasts nothing; a changed policy starts anew. For the present use check_tag_compliance, for single tags detect_tag_drift.",
  reachesClouds: false,
  input: z.strictObject({
    cloud_provider: scopeInput.cloud_provider,
    accounts: scopeInput.accounts,
    resource_types: scopeInput.resource_types,
    tag: z
      .string()
      .min(1)
      .max(MAX_TEXT_LENGTH)
      .optional()
      .describe("Policy tag: count its violations. Give one of accounts, resource_types, tag"),
    days_back: z.int().min(1).max(400).default(30),
    group_by: z.enum(GROUPINGS).optional().describe("Default by days_back"),
    include_ad_hoc: z.boolean().default(false).describe("Also snapshots kept on request"),
    response_format: z.enum(["concise", "detailed"]).default("concise"),
  }),
  output: historyOutput,
  async run(input, deps: { readonly getViolationHistory: GetViolationHistory }) {
    const result = await deps.getViolationHistory({
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      resourceTypes: input.resource_types,
      tag: input.tag,
      daysBack: input.days_back,
      grouping: input.group_by ?? defaultGrouping(input.days_back),
      includeAdHoc: input.include_ad_hoc,
    });
    return toHistoryOutput(result, { tag: input.tag, format: input.response_format });
  },
  summarize: historyText,
});

/** About a month of points, whatever the time. */
function defaultGrouping(daysBack: number): Grouping {
  if (daysBack <= 31) return "day";
  return daysBack <= 217 ? "week" : "month";
}
