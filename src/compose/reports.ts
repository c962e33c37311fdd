import { join } from "node:path";
import type { ExportViolations, KeepExport } from "../app/export-violations.ts";
import { lazily, once } from "../app/once.ts";
import type { DeliverReport, GenerateReport } from "../app/report/generate-report.ts";
import type { ReadReport } from "../app/report/read-report.ts";
import type { Assemble } from "./assembly.ts";
import type { CostCases } from "./costs.ts";
import { openSpend } from "./costs.ts";
import type { HistoryCases } from "./history.ts";

/** Reports and exports: made for a file of the caller's, or kept and handed out by their id. */
export interface ReportCases {
  readonly generateReport: GenerateReport;
  readonly deliverReport: DeliverReport;
  readonly exportViolations: ExportViolations;
  readonly keepExport: KeepExport;
  readonly readReport: ReadReport;
}

export function reportCases(
  assembly: Assemble,
  others: Pick<CostCases, "getCostGap"> & Pick<HistoryCases, "getViolationHistory">,
): ReportCases {
  const writers = once(async () => (await import("../reports/writers.ts")).reportWriters);
  const files = once(async () => {
    const { reportFolder } = await import("../reports/report-folder.ts");
    return reportFolder(join((await assembly()).settings.dataDir, "reports"));
  });
  const generateReport = lazily(async () => {
    const parts = await assembly();
    const [{ createBuildReport }, { createGenerateReport }, { createReportData }] =
      await Promise.all([
        import("../app/report/build-report.ts"),
        import("../app/report/generate-report.ts"),
        import("../storage/reports/report-data.ts"),
      ]);
    const { inventory, ensureFresh, database, policies, clock, settings } = parts;
    const buildReport = createBuildReport({
      ...others,
      inventory: await inventory(),
      ensureFresh: await ensureFresh(),
      data: createReportData(await database()),
      spend: await openSpend(parts),
      policy: async () => (await policies()).policies.current(),
      teamTag: settings.config.costs.team_tag,
      clock,
    });
    return createGenerateReport(buildReport, await writers());
  });
  const exportViolations = lazily(async () => {
    const parts = await assembly();
    const { createExportViolations } = await import("../app/export-violations.ts");
    return createExportViolations({
      inventory: await parts.inventory(),
      ensureFresh: await parts.ensureFresh(),
      spend: await openSpend(parts),
      writers: await writers(),
      clock: parts.clock,
    });
  });
  return {
    generateReport,
    exportViolations,
    deliverReport: lazily(async () => {
      const { createDeliverReport } = await import("../app/report/generate-report.ts");
      return createDeliverReport(generateReport, await files());
    }),
    keepExport: lazily(async () => {
      const { createKeepExport } = await import("../app/export-violations.ts");
      return createKeepExport(exportViolations, await files());
    }),
    readReport: lazily(async () => {
      const { createReadReport } = await import("../app/report/read-report.ts");
      return createReadReport(await files());
    }),
  };
}
