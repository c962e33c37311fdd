import * as z from "zod";
import type { DeliverReport } from "../../app/report/generate-report.ts";
import { REPORT_FORMATS, REPORT_SECTIONS } from "../../domain/report/model.ts";
import { defineReadTool } from "../define.ts";
import { reportOutput, toReportOutput } from "../report-output.ts";
import { reportText } from "../report-text.ts";
import { tellOfScan } from "../scan-update.ts";
import { cloudsOf, freshnessInput, scopeInput } from "../scope-input.ts";

// A report is kept and shown around: it never rests on data older than was asked for.
const { allow_stale_minutes: _older, ...freshness } = freshnessInput;

export default defineReadTool({
  name: "generate_compliance_report",
  title: "Generate compliance report",
  description:
    "Writes a report, a document to share or send, on tag compliance for people: executives, finance, auditors or a business review. Summary of where we stand, recommendations, spend where known, trend. Short ones in content, else behind a report:// link. For one figure use check_tag_compliance.",
  reachesClouds: true,
  input: z.strictObject({
    ...scopeInput,
    format: z.enum(REPORT_FORMATS).default("markdown"),
    sections: z.array(z.enum(REPORT_SECTIONS)).default([]),
    locale: z.string().max(35).default("en-US"),
    ...freshness,
  }),
  output: reportOutput,
  async run(input, deps: { readonly deliverReport: DeliverReport }, context) {
    const delivered = await deps.deliverReport({
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      regions: input.regions,
      resourceTypes: input.resource_types,
      maxAgeMinutes: input.max_age_minutes,
      staleMinutes: 0,
      refresh: input.refresh,
      format: input.format,
      sections: input.sections,
      locale: input.locale,
      signal: context.signal,
      onProgress: tellOfScan(context),
    });
    return toReportOutput(delivered);
  },
  summarize: reportText,
  links: ({ file }) => (file === undefined ? [] : [file]),
});
