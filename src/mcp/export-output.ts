import * as z from "zod";
import type { KeptExport } from "../app/export-violations.ts";
import type { ExportValue } from "../domain/report/export-columns.ts";
import { keptFile, toKeptFile } from "./report-output.ts";
import { cleanText } from "./untrusted-text.ts";

/** What `export_violations_csv` answers: where the rows are, and the first of them. */
export const exportOutput = z.object({
  file: keptFile,
  row_count: z.int().min(0),
  columns: z.array(z.string()),
  preview: z.array(z.array(z.string().nullable())),
  changed_while_reading: z.boolean(),
  coverage_complete: z.boolean(),
  data_as_of: z.iso.datetime(),
  scan_id: z.string(),
});
export type ExportOutput = z.output<typeof exportOutput>;

/** Long values, such as lists of allowed ones, are whole in the file. */
const PREVIEWED_UNITS = 80;

export function toExportOutput({ violations, written, saved }: KeptExport): ExportOutput {
  return {
    file: toKeptFile(saved),
    row_count: written.rowCount,
    columns: [...violations.columns],
    preview: written.preview.map((row) => row.map(previewed)),
    changed_while_reading: written.changed,
    coverage_complete: violations.coverage.complete,
    data_as_of: new Date(violations.dataAsOf).toISOString(),
    scan_id: violations.scanId,
  };
}

function previewed(value: ExportValue): string | null {
  if (typeof value === "string") return cleanText(value, PREVIEWED_UNITS).text;
  return value === null ? null : value.decimal;
}
