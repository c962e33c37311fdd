import type { Command } from "commander";
import { collect } from "../collect.ts";
import { GROUPS, number, withFreshness, withJson, withLimit, withScope } from "./shared-options.ts";

/** The questions about tags as they are now: `check`, `scan`, `untagged`, `accounts`, `consistency`. */
export function addQuestions(program: Command): void {
  const configFile = (): unknown => program.opts()["config"];
  addCheckAndScan(program, configFile);
  addUntagged(program, configFile);
  addAccounts(program, configFile);
  addConsistency(program, configFile);
}

function addCheckAndScan(program: Command, configFile: () => unknown): void {
  const check = withScope(
    program
      .command("check")
      .helpGroup(GROUPS.ask)
      .description("score and violations, from the stored inventory if it is young enough"),
  );
  withVerdicts(withFreshness(check)).action(async (options: Record<string, unknown>) => {
    const { runCheckCommand } = await import("../commands/scan.ts");
    process.exitCode = await runCheckCommand(options, configFile());
  });
  const scan = withScope(
    program
      .command("scan")
      .helpGroup(GROUPS.ask)
      .description("the same as check, and always reads the clouds"),
  );
  withVerdicts(scan).action(async (options: Record<string, unknown>) => {
    const { runScanCommand } = await import("../commands/scan.ts");
    process.exitCode = await runScanCommand(options, configFile());
  });
}

function withVerdicts(command: Command): Command {
  withLimit(command, "violations", 5)
    .option("--severity <which>", "all (default), errors_only or warnings_only")
    .option("--store-snapshot", "keep this scan as a baseline to compare with")
    .option("--fail-on <severity>", "exit 1 when there are violations: error or warning");
  return withJson(command);
}

function addUntagged(program: Command, configFile: () => unknown): void {
  const untagged = withScope(
    program
      .command("untagged")
      .helpGroup(GROUPS.ask)
      .description("resources without tags, or without those that the policy requires"),
  )
    .option(
      "--category <names>",
      "never_tagged, emptied, only_provider_tags, missing_required, unknown (default: all but unknown)",
      collect,
    )
    .option("--min-cost <amount>", "least monthly cost; not applied where cost is unknown", number);
  withJson(withLimit(withFreshness(untagged), "resources", 20)).action(
    async (options: Record<string, unknown>) => {
      const { runUntaggedCommand } = await import("../commands/untagged.ts");
      process.exitCode = await runUntaggedCommand(options, configFile());
    },
  );
}

function addAccounts(program: Command, configFile: () => unknown): void {
  const accounts = withScope(
    program
      .command("accounts")
      .helpGroup(GROUPS.ask)
      .description("rank accounts, subscriptions and projects; say which could not be read"),
  ).option("--rank-by <what>", "non_compliant (default) or score");
  withJson(withLimit(withFreshness(accounts), "accounts", 20)).action(
    async (options: Record<string, unknown>) => {
      const { runAccountsCommand } = await import("../commands/accounts.ts");
      process.exitCode = await runAccountsCommand(options, configFile());
    },
  );
}

function addConsistency(program: Command, configFile: () => unknown): void {
  const consistency = withScope(
    program
      .command("consistency")
      .helpGroup(GROUPS.ask)
      .description("keys and values that say the same in different ways, and lines that settle it"),
  )
    .option("--kind <kinds>", "kinds of findings (default: all)", collect)
    .option("--min-confidence <share>", "0 to 1 (default: 0.5)", number);
  withJson(withLimit(withFreshness(consistency), "findings", 20)).action(
    async (options: Record<string, unknown>) => {
      const { runConsistencyCommand } = await import("../commands/consistency.ts");
      process.exitCode = await runConsistencyCommand(options, configFile());
    },
  );
}
