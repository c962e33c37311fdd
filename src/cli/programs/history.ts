import type { Command } from "commander";
import { collect } from "../collect.ts";
import { GROUPS, number, withFreshness, withJson, withLimit, withScope } from "./shared-options.ts";

/** The commands about the past: `history`, `drift` and `snapshot`. */
export function addHistory(program: Command): void {
  const configFile = (): unknown => program.opts()["config"];
  addTrend(program, configFile);
  addDrift(program, configFile);
  addSnapshot(program, configFile);
}

function addTrend(program: Command, configFile: () => unknown): void {
  const history = program
    .command("history")
    .helpGroup(GROUPS.time)
    .description("how compliance went over time, by the scheduled snapshots")
    .option("--cloud <names>", "aws, azure, gcp (default: all)", collect)
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--type <types>", "resource types or categories", collect)
    .option("--tag <name>", "count the violations of this tag of the policy")
    .option("--days <n>", "days back, 1 to 400 (default: 30)", number)
    .option("--by <period>", "day (default), week or month")
    .option("--include-ad-hoc", "also snapshots that were kept on request");
  withJson(history).action(async (options: Record<string, unknown>) => {
    const { runHistoryCommand } = await import("../commands/history.ts");
    process.exitCode = await runHistoryCommand(options, configFile());
  });
}

function addDrift(program: Command, configFile: () => unknown): void {
  const drift = withScope(
    program
      .command("drift")
      .helpGroup(GROUPS.time)
      .description("which tags changed since a baseline, and who changed them"),
  )
    .option("--since <when>", "last_7_days (default), a date, a time in UTC, or the id of a scan")
    .option("--until <scan>", "id of the scan at the later end (default: the latest scan)")
    .option("--tag <name>", "one tag, by the policy's name or by key")
    .option("--severity <names>", "critical, error, warning, info (default: all)", collect)
    .option("--actor", "ask the clouds' logs who made the changes that are listed");
  withJson(withLimit(withFreshness(drift), "changes", 20)).action(
    async (options: Record<string, unknown>) => {
      const { runDriftCommand } = await import("../commands/drift.ts");
      process.exitCode = await runDriftCommand(options, configFile());
    },
  );
}

function addSnapshot(program: Command, configFile: () => unknown): void {
  const snapshot = program
    .command("snapshot")
    .helpGroup(GROUPS.time)
    .description("scan what scheduled_compliance names, and keep the result for comparisons")
    .option("--scheduled", "trends may rest on it: for schedulers other than the server's own");
  withJson(snapshot).action(async (options: Record<string, unknown>) => {
    const { runSnapshotCommand } = await import("../commands/snapshot.ts");
    process.exitCode = await runSnapshotCommand(options, configFile());
  });
}
