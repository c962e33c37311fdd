import { Command, CommanderError } from "commander";
import { addCosts } from "./cost-commands.ts";
import { VERSION } from "../version.ts";
import { EXIT, reportFailure } from "./failure.ts";
import { addAudit } from "./audit-commands.ts";
import { addHistory } from "./history-commands.ts";

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
  addDb(program);
  addAudit(program);
  addCheckPlan(program);
  // Programs of their own that the launcher starts; listed here so that --help knows them.
  program.command("sandbox").description("start simulated clouds on this machine");
  program.command("demo").description("see a scan of simulated clouds; needs no account");
  return program;
}

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  ...value.split(",").map((part) => part.trim()),
];

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

function addCheckPlan(program: Command): void {
  program
    .command("check-plan <file>")
    .description("hold a Terraform plan (terraform show -json) against the policy; - reads stdin")
    .option("--policy <file>", "policy file (default: the policy in force)")
    .option("--format <name>", "table, json, sarif, junit or github (default table)")
    .option("--out <file>", "write here instead of to standard output")
    .option("--source <folder>", "Terraform files, to name lines (default: this folder)")
    .option("--fail-on <severity>", "exit 1 on error (default), warning or never")
    .option("--fail-on-unknown", "exit 3 when tags are known only after apply")
    .option("--unchanged", "judge resources that the plan leaves as they are, too")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { runCheckPlan } = await import("./commands/check-plan.ts");
      process.exitCode = await runCheckPlan(file, options, program.opts()["config"]);
    });
}

function addValidate(program: Command): void {
  program
    .command("validate [ids...]")
    .description("say of single resources whether they keep the policy; ARNs, Azure ids, GCP names")
    .option("--from <file>", "read ids from a file, separated by white space; - reads stdin")
    .option("--max-age <minutes>", "answer from the stored inventory if it is younger", Number)
    .option("--refresh", "read the clouds whatever is stored")
    .option("--json", "print as JSON")
    .action(async (ids: string[], options: Record<string, unknown>) => {
      const { runValidateCommand } = await import("./commands/validate.ts");
      process.exitCode = await runValidateCommand(ids, options, program.opts()["config"]);
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

function addPolicy(program: Command): void {
  const policy = program.command("policy").description("look at tagging policies");
  policy
    .command("show")
    .description("print the policy in force, its source and what is doubtful in it")
    .option("--json", "print as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { showPolicy } = await import("./commands/policy.ts");
      await showPolicy(options, program.opts()["config"]);
    });
  policy
    .command("validate <file>")
    .description("check a policy file; prints every error with its line")
    .option("--json", "print as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { validatePolicy } = await import("./commands/policy.ts");
      process.exitCode = await validatePolicy(file, options);
    });
  policy
    .command("explain <file>")
    .description("say rule by rule what a policy makes of one resource")
    .requiredOption("--resource <file>", "the resource as JSON; - reads standard input")
    .option("--json", "print as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { explainPolicy } = await import("./commands/explain-policy.ts");
      await explainPolicy(file, options);
    });
  policy
    .command("what-if <file>")
    .description("which stored resources would change verdict under another policy")
    .option("--against <file>", "compare with this policy (default: the one in force)")
    .option("--limit <n>", "resources to list", Number)
    .option("--json", "print as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { whatIfPolicy } = await import("./commands/what-if.ts");
      await whatIfPolicy(file, options, program.opts()["config"]);
    });
  addAwsPolicy(policy, () => program.opts()["config"]);
}

function addAwsPolicy(policy: Command, configFile: () => unknown): void {
  policy
    .command("import-aws <file>")
    .description("convert an AWS Organizations tag policy; - reads standard input")
    .option("--out <file>", "write here instead of to standard output")
    .option("--require-enforced", "read enforced_for as required")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { importAwsPolicy } = await import("./commands/aws-policy.ts");
      await importAwsPolicy(file, options);
    });
  policy
    .command("merge-aws <file>")
    .description('merge {"levels": [[policy, …], …]} from root to account as AWS does')
    .option("--json", "print JSON (the only form)")
    .action(async (file: string) => {
      const { mergeAwsPolicies } = await import("./commands/aws-policy.ts");
      await mergeAwsPolicies(file);
    });
  policy
    .command("export-aws [file]")
    .description("convert a policy (default: the one in force) to an AWS tag policy")
    .option("--out <file>", "write here instead of to standard output")
    .action(async (file: string | undefined, options: Record<string, unknown>) => {
      const { exportAwsPolicy } = await import("./commands/aws-policy.ts");
      await exportAwsPolicy(file, options, configFile());
    });
  policy
    .command("import-azure <file>")
    .description('convert Azure Policy tag definitions: [{"definition": …, "parameters": {…}}]')
    .option("--out <file>", "write here instead of to standard output")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { importAzurePolicy } = await import("./commands/azure-policy.ts");
      await importAzurePolicy(file, options);
    });
}
