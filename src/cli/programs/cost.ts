import type { Command } from "commander";
import { collect } from "../collect.ts";

/** `gap` and `cost import`. */
export function addCosts(program: Command): void {
  program
    .command("gap")
    .description("how much of the bill nobody can answer for, why, and the fewest steps to fix it")
    .option("--cloud <names>", "aws, azure, gcp (default: all in use)", collect)
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option(
      "--period <period>",
      "last_month (default), last_30_days, 2026-10, 2026-10-01/2026-11-01",
    )
    .option("--by <grouping>", "cloud, account, region, service, type, tag, team or month")
    .option("--tag <names>", "tags that must all be valid (default: the configured one)", collect)
    .option("--metric <which>", "effective (amortised, default) or billed")
    .option("--target <share>", "share of taggable spend to plan for, 0 to 1 (default 0.9)", Number)
    .option("--limit <n>", "rows and steps to list (default 10)", Number)
    .option("--refresh", "ask the clouds again although answers were kept")
    .option("--dry-run", "only say what would be asked and what asking costs")
    .option("--json", "print the answer as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { runGapCommand } = await import("../commands/gap.ts");
      process.exitCode = await runGapCommand(options, program.opts()["config"]);
    });
  program
    .command("cost")
    .description("bills that are kept here")
    .command("import <paths...>")
    .description("read FOCUS or AWS Cost and Usage Report files (CSV, CSV.GZ, Parquet)")
    .option("--format <which>", "auto (default), focus or cur")
    .option("--source <name>", "payer these bills are of (default: default)")
    .option("--period <period>", "only lines of these days or months")
    .option("--json", "print the answer as JSON")
    .action(async (paths: readonly string[], options: Record<string, unknown>) => {
      const { runCostImport } = await import("../commands/cost-import.ts");
      process.exitCode = await runCostImport(paths, options, program.opts()["config"]);
    });
}
