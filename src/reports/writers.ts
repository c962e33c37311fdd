import type { ExportFormat } from "../domain/report/export-columns.ts";
import { cellFormat } from "../domain/report/format-cell.ts";
import { renderMarkdown } from "../domain/report/markdown.ts";
import type { ComplianceReport } from "../domain/report/model.ts";
import { reportJson } from "../domain/report/report-json.ts";
import { toDocument } from "../domain/report/to-document.ts";
import type { ExportTable, ReportOptions, ReportWriters } from "../ports/report-writers.ts";
import { csvTable, reportCsv } from "./csv.ts";
import { renderHtml } from "./html/page.ts";
import { jsonTable } from "./json-table.ts";
import { reportWorkbook, xlsxTable } from "./xlsx.ts";

const utf8 = new TextEncoder();

/** Every format of reports and exports. */
export const reportWriters: ReportWriters = {
  report: writeReport,
  table: (table, format) => TABLES[format](table),
};

const TABLES = {
  csv: csvTable,
  xlsx: xlsxTable,
  json: jsonTable,
} as const satisfies Readonly<
  Record<ExportFormat, (table: ExportTable) => AsyncIterable<Uint8Array>>
>;

async function writeReport(
  report: ComplianceReport,
  { format, sections, locale }: ReportOptions,
): Promise<Uint8Array> {
  const cells = cellFormat(locale);
  const document = toDocument(report, sections);
  switch (format) {
    case "markdown":
      return utf8.encode(renderMarkdown(document, cells));
    case "csv":
      return reportCsv(document, cells);
    case "json":
      return utf8.encode(reportJson(report, sections));
    case "html":
      return utf8.encode(renderHtml(document, cells));
    case "xlsx":
      break;
  }
  return reportWorkbook(document, cells);
}
