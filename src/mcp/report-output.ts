import * as z from "zod";
import type { DeliveredReport } from "../app/report/generate-report.ts";
import { decimalText } from "../domain/money.ts";
import type { ReportSpend } from "../domain/report/model.ts";
import type { SavedReport } from "../ports/report-files.ts";
import { cleanText } from "./untrusted-text.ts";

/** A kept file, as answers name it. */
export const keptFile = z.object({
  uri: z.string(),
  name: z.string(),
  media_type: z.string(),
  size_bytes: z.int().min(0),
});

export function toKeptFile({
  id,
  name,
  mediaType,
  sizeBytes,
}: SavedReport): z.output<typeof keptFile> {
  return { uri: `report://${id}`, name, media_type: mediaType, size_bytes: sizeBytes };
}

/** What `generate_compliance_report` answers: the headline figures, and the report itself or where it is. */
export const reportOutput = z.object({
  content: z.string().optional().describe("The report, to 8 kB; else read file"),
  file: keptFile.optional(),
  compliance_score: z.number().nullable(),
  judged_resources: z.int().min(0),
  violation_count: z.int().min(0),
  non_compliant_cost: z
    .array(z.object({ currency: z.string(), amount: z.string() }))
    .optional()
    .describe("Absent = unknown"),
  coverage_complete: z.boolean(),
  data_as_of: z.iso.datetime(),
});
export type ReportOutput = z.output<typeof reportOutput>;

export function toReportOutput({ report, text, saved }: DeliveredReport): ReportOutput {
  const { counts } = report;
  return {
    ...(text === null ? {} : { content: text }),
    ...(saved === null ? {} : { file: toKeptFile(saved) }),
    compliance_score: report.score,
    judged_resources: counts.compliant + counts.non_compliant,
    violation_count: report.violationCount,
    ...(report.spend === null ? {} : { non_compliant_cost: costsOf(report.spend) }),
    coverage_complete: report.coverage.complete,
    data_as_of: new Date(report.dataAsOfMs).toISOString(),
  };
}

function costsOf({ currencies }: ReportSpend): ReportOutput["non_compliant_cost"] {
  return currencies.map(({ currency, nonCompliantMicros }) => ({
    currency: cleanText(currency).text,
    amount: decimalText(nonCompliantMicros),
  }));
}
