import type { Command } from "commander";
import { GROUPS, number } from "./shared-options.ts";

export function addPolicy(program: Command): void {
  const policy = program
    .command("policy")
    .helpGroup(GROUPS.policy)
    .description("look at tagging policies");
  policy
    .command("show")
    .description("print the policy in force, its source and what is doubtful in it")
    .option("--json", "print as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { showPolicy } = await import("../commands/policy.ts");
      await showPolicy(options, program.opts()["config"]);
    });
  policy
    .command("validate <file>")
    .description("check a policy file; prints every error with its line")
    .option("--json", "print as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { validatePolicy } = await import("../commands/policy.ts");
      process.exitCode = await validatePolicy(file, options);
    });
  policy
    .command("explain <file>")
    .description("say rule by rule what a policy makes of one resource")
    .requiredOption("--resource <file>", "the resource as JSON; - reads standard input")
    .option("--json", "print as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { explainPolicy } = await import("../commands/explain-policy.ts");
      await explainPolicy(file, options);
    });
  policy
    .command("what-if <file>")
    .description("which stored resources would change verdict under another policy")
    .option("--against <file>", "compare with this policy (default: the one in force)")
    .option("--limit <n>", "resources to list, up to 10000 (default: 20)", number)
    .option("--json", "print as JSON")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { whatIfPolicy } = await import("../commands/what-if.ts");
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
      const { importAwsPolicy } = await import("../commands/aws-policy.ts");
      await importAwsPolicy(file, options);
    });
  policy
    .command("merge-aws <file>")
    .description('merge {"levels": [[policy, …], …]} from root to account as AWS does')
    .option("--json", "print JSON (the only form)")
    .action(async (file: string) => {
      const { mergeAwsPolicies } = await import("../commands/aws-policy.ts");
      await mergeAwsPolicies(file);
    });
  policy
    .command("export-aws [file]")
    .description("convert a policy (default: the one in force) to an AWS tag policy")
    .option("--out <file>", "write here instead of to standard output")
    .action(async (file: string | undefined, options: Record<string, unknown>) => {
      const { exportAwsPolicy } = await import("../commands/aws-policy.ts");
      await exportAwsPolicy(file, options, configFile());
    });
  policy
    .command("import-azure <file>")
    .description('convert Azure Policy tag definitions: [{"definition": …, "parameters": {…}}]')
    .option("--out <file>", "write here instead of to standard output")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { importAzurePolicy } = await import("../commands/azure-policy.ts");
      await importAzurePolicy(file, options);
    });
}
