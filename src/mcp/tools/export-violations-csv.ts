import * as z from "zod";
import type { KeepExport } from "../../app/export-violations.ts";
import { EXPORT_COLUMNS, EXPORT_FORMATS } from "../../domain/report/export-columns.ts";
import { defineReadTool } from "../define.ts";
import { exportOutput, toExportOutput } from "../export-output.ts";
import { exportText } from "../report-text.ts";
import { tellOfScan } from "../scan-update.ts";
import { cloudsOf, freshnessInput, scopeInput } from "../scope-input.ts";

// An export is kept and worked on: it never rests on data older than was asked for.
const { allow_stale_minutes: _older, ...freshness } = freshnessInput;

export default defineReadTool({
  name: "export_violations_csv",
  title: "Export violations",
  description:
    "Exports every violation of a scope, all non-compliant resources, the full list and not one page, as a machine-readable file of rows (Excel spreadsheet) to download or load elsewhere, with just the columns asked for, exact row count, preview, report:// link. To page through a few use check_tag_compliance.",
  reachesClouds: true,
  input: z.strictObject({
    ...scopeInput,
    severity: z.enum(["all", "errors_only", "warnings_only"]).default("all"),
    format: z.enum(EXPORT_FORMATS).default("csv"),
    columns: z
      .array(z.enum(EXPORT_COLUMNS))
      .default([])
      .describe("Empty = all but rule, cost, currency"),
    ...freshness,
  }),
  output: exportOutput,
  async run(input, deps: { readonly keepExport: KeepExport }, context) {
    const kept = await deps.keepExport({
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      regions: input.regions,
      resourceTypes: input.resource_types,
      maxAgeMinutes: input.max_age_minutes,
      staleMinutes: 0,
      refresh: input.refresh,
      severity: input.severity,
      format: input.format,
      columns: input.columns,
      signal: context.signal,
      onProgress: tellOfScan(context),
    });
    return toExportOutput(kept);
  },
  summarize: exportText,
  links: ({ file }) => [file],
});
