import type { Command } from "commander";
import { collect } from "../collect.ts";

/** The commands about the past: `history`, `drift` and `snapshot`. */
export function addHistory(program: Command): void {
  const configFile = (): unknown => program.opts()["config"];
  program
    .command("history")
    .description("how compliance went over time, by the scheduled snapshots")
    .option("--cloud <names>", "aws, azure, gcp (default: all)", collect)
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--type <types>", "resource types or categories", collect)
    .option("--tag <name>", "count the violations of this tag of the policy")
    .option("--days <n>", "days back, 1 to 400 (default 30)", Number)
    .option("--by <period>", "day, week or month (default: day)")
    .option("--include-ad-hoc", "also snapshots that were kept on request")
    .option("--json", "print the answer as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { runHistoryCommand } = await import("../commands/history.ts");
      process.exitCode = await runHistoryCommand(options, configFile());
    });
  program
    .command("drift")
    .description("which tags changed since a baseline")
    .option("--since <when>", "last_7_days (default), a date, a time in UTC, or the id of a scan")
    .option("--until <scan>", "id of the scan at the later end (default: the latest scan)")
    .option("--cloud <names>", "aws, azure, gcp (default: all in use)", collect)
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--region <names>", "regions, in the cloud's own names", collect)
    .option("--type <types>", "resource types or categories", collect)
    .option("--tag <name>", "one tag, by the policy's name or by key")
    .option("--severity <names>", "critical, error, warning, info (default: all)", collect)
    .option("--actor", "ask the clouds' logs who made the changes that are listed")
    .option("--max-age <minutes>", "oldest stored inventory to answer from (default 60)", Number)
    .option("--limit <n>", "changes to list (default 20)", Number)
    .option("--json", "print the answer as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { runDriftCommand } = await import("../commands/drift.ts");
      process.exitCode = await runDriftCommand(options, configFile());
    });
  program
    .command("snapshot")
    .description("scan what scheduled_compliance names, and keep the result for comparisons")
    .option("--scheduled", "trends may rest on it: for schedulers other than the server's own")
    .option("--json", "print the scan as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { runSnapshotCommand } = await import("../commands/snapshot.ts");
      process.exitCode = await runSnapshotCommand(options, configFile());
    });
}
