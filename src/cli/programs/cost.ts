import type { Command } from "commander";
import { collect } from "../collect.ts";
import { GROUPS, number, withJson, withLimit } from "./shared-options.ts";

/** `gap` and `cost import`. */
export function addCosts(program: Command): void {
  const configFile = (): unknown => program.opts()["config"];
  const gap = program
    .command("gap")
    .helpGroup(GROUPS.money)
    .description("how much of the bill nobody can answer for, why, and the fewest steps to fix it")
    .option(
      "--cloud <names>",
      "aws, azure, gcp (repeat, or separate by commas; default: all)",
      collect,
    )
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--region <names>", "only what the bill places in these regions", collect)
    .option("--type <types>", "only resources of these native types or categories", collect)
    .option(
      "--period <period>",
      "last_month (default), last_30_days, 2026-10, 2026-10-01/2026-11-01",
    )
    .option("--by <grouping>", "cloud, account, region, service, type, tag, team or month")
    .option("--tag <names>", "tags that must all be valid (default: the configured one)", collect)
    .option("--metric <which>", "effective (amortised, default) or billed")
    .option(
      "--target <share>",
      "share of taggable spend to plan for, 0 to 1 (default: 0.9)",
      number,
    )
    .option("--refresh", "ask the clouds again although answers were kept")
    .option("--dry-run", "only say what would be asked and what asking costs");
  withJson(withLimit(gap, "rows and steps", 10)).action(
    async (options: Record<string, unknown>) => {
      const { runGapCommand } = await import("../commands/gap.ts");
      process.exitCode = await runGapCommand(options, configFile());
    },
  );
  const bills = program
    .command("cost")
    .helpGroup(GROUPS.money)
    .description("bills that are kept here")
    .command("import <paths...>")
    .description("read FOCUS or AWS Cost and Usage Report files (CSV, CSV.GZ, Parquet)")
    .option("--format <which>", "auto (default), focus or cur")
    .option("--source <name>", "payer these bills are of (default: default)")
    .option("--period <period>", "only lines of these days or months");
  withJson(bills).action(async (paths: readonly string[], options: Record<string, unknown>) => {
    const { runCostImport } = await import("../commands/cost-import.ts");
    process.exitCode = await runCostImport(paths, options, configFile());
  });
}
