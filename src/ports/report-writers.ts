import type { ComplianceReport, ReportFormat, ReportSection } from "../domain/report/model.ts";
import type { ExportFormat, ExportValue } from "../domain/report/export-columns.ts";

export interface ReportOptions {
  readonly format: ReportFormat;
  readonly sections: readonly ReportSection[];
  /** BCP 47; for people's formats, machines' have none. */
  readonly locale: string;
}

export interface ExportTable {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly ExportValue[]>;
}

/** Turns reports and tables into files. */
export interface ReportWriters {
  /** @throws {AppError} `invalid_input` for a locale that is none. */
  report(report: ComplianceReport, options: ReportOptions): Promise<Uint8Array>;
  /** Pulls rows as its reader reads: memory does not grow with them. */
  table(table: ExportTable, format: ExportFormat): AsyncIterable<Uint8Array>;
}
