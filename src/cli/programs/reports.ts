import type { Command } from "commander";
import { collect } from "../collect.ts";
import { GROUPS, withFreshness, withScope } from "./shared-options.ts";

/** `report` and `export`. */
export function addReports(program: Command): void {
  const configFile = (): unknown => program.opts()["config"];
  withFreshness(
    withScope(
      program
        .command("report")
        .helpGroup(GROUPS.ask)
        .description("write a compliance report: summary, recommendations, violations, trend"),
    ),
  )
    .option("--format <name>", "markdown, csv, json, html or xlsx (default: by --out, or markdown)")
    .option(
      "--section <names>",
      "summary, recommendations, violations, teams, accounts, breakdown, trend, coverage (default: all)",
      collect,
    )
    .option("--locale <tag>", "how numbers are written, such as de-DE (default: en-US)")
    .option("--out <file>", "write here instead of to standard output; xlsx needs it")
    .action(async (options: Record<string, unknown>) => {
      const { runReportCommand } = await import("../commands/report.ts");
      process.exitCode = await runReportCommand(options, configFile());
    });
  withFreshness(
    withScope(
      program
        .command("export")
        .helpGroup(GROUPS.ask)
        .description("write every violation to a file, one a row"),
    ),
  )
    .option("--format <name>", "csv, xlsx or json (default: by --out, or csv)")
    .option(
      "--columns <names>",
      "resource_id, cloud, account, region, resource_type, tag, kind, severity, actual, expected, suggestion (these are the default), rule, cost, currency",
      collect,
    )
    .option("--severity <which>", "all, errors_only or warnings_only")
    .option("--out <file>", "write here instead of to standard output; xlsx needs it")
    .action(async (options: Record<string, unknown>) => {
      const { runExportCommand } = await import("../commands/export.ts");
      process.exitCode = await runExportCommand(options, configFile());
    });
}
