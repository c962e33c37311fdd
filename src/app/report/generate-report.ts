import { dayOf } from "../../domain/cost/cost-period.ts";
import { ENDING_OF, MEDIA_TYPES } from "../../domain/report/media-types.ts";
import type { ComplianceReport, ReportSection } from "../../domain/report/model.ts";
import { REPORT_SECTIONS } from "../../domain/report/model.ts";
import type { ReportFile, ReportFiles, SavedReport } from "../../ports/report-files.ts";
import type { ReportOptions, ReportWriters } from "../../ports/report-writers.ts";
import type { BuildReport, BuildReportRequest } from "./build-report.ts";

export interface GenerateReportRequest extends BuildReportRequest, Omit<ReportOptions, "sections"> {
  /** `[]`: all of them. */
  readonly sections: readonly ReportSection[];
}

export interface GeneratedReport {
  readonly report: ComplianceReport;
  readonly sections: readonly ReportSection[];
  readonly scanned: boolean;
  readonly file: ReportFile;
}

export type GenerateReport = (request: GenerateReportRequest) => Promise<GeneratedReport>;

/**
 * A report as a file of the format asked for.
 * @throws {AppError} as `BuildReport`; `invalid_input` for a locale that is none.
 */
export function createGenerateReport(
  buildReport: BuildReport,
  writers: ReportWriters,
): GenerateReport {
  return async ({ format, locale, sections: asked, ...request }) => {
    const sections =
      asked.length === 0 ? REPORT_SECTIONS : REPORT_SECTIONS.filter((one) => asked.includes(one));
    const { report, scanned } = await buildReport(request);
    const bytes = await writers.report(report, { format, locale, sections });
    const ending = ENDING_OF[format];
    const name = `tag-compliance-report-${dayOf(report.generatedAtMs)}.${ending}`;
    const file = { name, mediaType: MEDIA_TYPES[ending], sizeBytes: bytes.length, bytes };
    return { report, sections, scanned, file };
  };
}

/** A report for somebody at the other end of a protocol: its text where it is short, else its id. */
export interface DeliveredReport extends GeneratedReport {
  readonly text: string | null;
  readonly saved: SavedReport | null;
}

export type DeliverReport = (request: GenerateReportRequest) => Promise<DeliveredReport>;

/** Longest text that an answer carries itself: what a model reads without harm, 8 kB. */
const MOST_INLINE_BYTES = 8_192;

/** @throws {AppError} as `GenerateReport` and `ReportFiles.save`. */
export function createDeliverReport(generate: GenerateReport, files: ReportFiles): DeliverReport {
  return async (request) => {
    const generated = await generate(request);
    const { name, bytes } = generated.file;
    if (request.format !== "xlsx" && bytes.length <= MOST_INLINE_BYTES)
      return { ...generated, text: new TextDecoder().decode(bytes), saved: null };
    return { ...generated, text: null, saved: await files.save(name, inOnePiece(bytes)) };
  };
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
