import { Command, CommanderError } from "commander";
import { addCosts } from "./programs/cost.ts";
import { VERSION } from "../version.ts";
import { collect } from "./collect.ts";
import { EXIT, reportFailure } from "./failure.ts";
import { addAudit } from "./programs/audit.ts";
import { addHistory } from "./programs/history.ts";
import { addPolicy } from "./programs/policy.ts";
import { addCheckPlan, addSuggest, addValidate } from "./programs/resources.ts";

/**
 * The command line. Each command's code is loaded when it runs: `serve` over stdio must answer before a
 * client loses patience, and needs nothing of the others.
 */
export async function main(argv: readonly string[]): Promise<void> {
  await reportFailure(async () => {
    try {
      await createProgram().parseAsync([...argv], { from: "user" });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      // Commander has told what is wrong, or shown the help that was asked for.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
  });
}

function createProgram(): Command {
  const program = new Command("tag-compliance")
    .description("Which cloud resources break the tagging policy, what could not be read, and why.")
    .version(VERSION)
    .option("--config <file>", "configuration file (also TAG_COMPLIANCE_CONFIG)")
    .exitOverride()
    .showHelpAfterError("Run with --help for the options.")
    .showSuggestionAfterError();
  addScan(program);
  addConsistency(program);
  addUntagged(program);
  addAccounts(program);
  addCosts(program);
  addHistory(program);
  addServe(program);
  addPolicy(program);
  addDoctor(program);
  addConfig(program);
  addValidate(program);
  addSuggest(program);
  addDb(program);
  addAudit(program);
  addCheckPlan(program);
  // Programs of their own that the launcher starts; listed here so that --help knows them.
  program.command("sandbox").description("start simulated clouds on this machine");
  program.command("demo").description("see a scan of simulated clouds; needs no account");
  return program;
}

function addScan(program: Command): void {
  program
    .command("scan")
    .description("read the clouds and say what breaks the policy")
    .option(
      "--cloud <names>",
      "aws, azure, gcp (repeat or separate by commas; default: all in use)",
      collect,
    )
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--region <names>", "regions, in the cloud's own names", collect)
    .option("--type <types>", "resource types or categories", collect)
    .option("--max-age <minutes>", "answer from the stored inventory if it is younger", Number)
    .option("--limit <n>", "violations to list", Number)
    .option("--severity <which>", "all, errors_only or warnings_only")
    .option("--store-snapshot", "keep this scan as a baseline for trends")
    .option("--fail-on <severity>", "exit 1 when there are violations: error or warning")
    .option("--json", "print the answer as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { runScanCommand } = await import("./commands/scan.ts");
      process.exitCode = await runScanCommand(options, program.opts()["config"]);
    });
}

function addConsistency(program: Command): void {
  program
    .command("consistency")
    .description(
      "find keys and values that say the same in different ways, and lines that settle it",
    )
    .option("--cloud <names>", "aws, azure, gcp (default: all in use)", collect)
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--region <names>", "regions, in the cloud's own names", collect)
    .option("--type <types>", "resource types or categories", collect)
    .option("--kind <kinds>", "kinds of findings (default: all)", collect)
    .option("--min-confidence <share>", "0 to 1 (default 0.5)", Number)
    .option("--max-age <minutes>", "oldest stored inventory to answer from (default 60)", Number)
    .option("--limit <n>", "findings to list (default 20)", Number)
    .option("--json", "print the answer as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { runConsistencyCommand } = await import("./commands/consistency.ts");
      process.exitCode = await runConsistencyCommand(options, program.opts()["config"]);
    });
}

function addUntagged(program: Command): void {
  program
    .command("untagged")
    .description("list resources that have no tags, or not those that the policy requires")
    .option("--cloud <names>", "aws, azure, gcp (default: all in use)", collect)
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--region <names>", "regions, in the cloud's own names", collect)
    .option("--type <types>", "resource types or categories", collect)
    .option(
      "--category <names>",
      "never_tagged, emptied, only_provider_tags, missing_required, unknown (default: all but unknown)",
      collect,
    )
    .option("--min-cost <amount>", "least monthly cost; not applied where cost is unknown", Number)
    .option("--max-age <minutes>", "oldest stored inventory to answer from (default 60)", Number)
    .option("--limit <n>", "resources to list (default 20)", Number)
    .option("--json", "print the answer as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { runUntaggedCommand } = await import("./commands/untagged.ts");
      process.exitCode = await runUntaggedCommand(options, program.opts()["config"]);
    });
}

function addAccounts(program: Command): void {
  program
    .command("accounts")
    .description("rank accounts, subscriptions and projects, and say which could not be read")
    .option("--cloud <names>", "aws, azure, gcp (default: all in use)", collect)
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--region <names>", "regions, in the cloud's own names", collect)
    .option("--type <types>", "resource types or categories", collect)
    .option("--rank-by <what>", "non_compliant (default) or score")
    .option("--max-age <minutes>", "oldest stored inventory to answer from (default 60)", Number)
    .option("--limit <n>", "accounts to list (default 20)", Number)
    .option("--json", "print the answer as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { runAccountsCommand } = await import("./commands/accounts.ts");
      process.exitCode = await runAccountsCommand(options, program.opts()["config"]);
    });
}

function addServe(program: Command): void {
  program
    .command("serve")
    .description("serve MCP over stdio, or over HTTP with --http")
    .option("--http", "streamable HTTP at /mcp")
    .option("--host <address>", "address for --http (default 127.0.0.1)")
    .option("--port <n>", "port for --http (default 8080)", Number)
    .action(async (options: Record<string, unknown>) => {
      const { runServeCommand } = await import("./commands/serve.ts");
      await runServeCommand(options, program.opts()["config"]);
    });
}

function addDoctor(program: Command): void {
  program
    .command("doctor <cloud>")
    .description("try every read permission and tell which are missing")
    .option("--json", "print the answer as JSON")
    .action(async (cloud: string, options: Record<string, unknown>) => {
      const { runDoctorCommand } = await import("./commands/doctor.ts");
      process.exitCode = await runDoctorCommand(cloud, options, program.opts()["config"]);
    });
}

function addConfig(program: Command): void {
  const config = program.command("config").description("look at the configuration");
  config
    .command("show")
    .description("print the configuration in force and where each value comes from; no secrets")
    .option("--json", "print as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { showConfig } = await import("./commands/config.ts");
      showConfig(options, program.opts()["config"]);
    });
  config
    .command("check")
    .description("report every error of the configuration with its line")
    .option("--secrets", "read every referenced secret, too; none is shown")
    .action(async (options: Record<string, unknown>) => {
      const { checkConfig } = await import("./commands/config.ts");
      process.exitCode = await checkConfig(options, program.opts()["config"]);
    });
}

function addDb(program: Command): void {
  const db = program.command("db").description("look after the database of the inventory");
  db.command("migrate")
    .description("bring the schema up to date; servers do so themselves when they start")
    .action(async () => {
      const { migrateDatabase } = await import("./commands/db.ts");
      await migrateDatabase(program.opts()["config"]);
    });
  db.command("backup <file>")
    .description("copy the SQLite database, in use or not, to a new file")
    .action(async (file: string) => {
      const { backupDatabase } = await import("./commands/db.ts");
      await backupDatabase(file, program.opts()["config"]);
    });
  db.command("copy")
    .description("copy the SQLite database into the empty PostgreSQL database of storage.url")
    .action(async () => {
      const { copyToPostgres } = await import("./commands/db.ts");
      await copyToPostgres(program.opts()["config"]);
    });
}
