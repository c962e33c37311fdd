import type { Command } from "commander";
import { collect } from "../collect.ts";
import { GROUPS, number, withFreshness, withJson } from "./shared-options.ts";

export function addCheckPlan(program: Command): void {
  program
    .command("check-plan <file>")
    .helpGroup(GROUPS.policy)
    .description("hold a Terraform plan (terraform show -json) against the policy; - reads stdin")
    .option("--policy <file>", "policy file (default: the policy in force)")
    .option("--format <name>", "table, json, sarif, junit or github (default table)")
    .option("--out <file>", "write here instead of to standard output")
    .option("--source <folder>", "Terraform files, to name lines (default: this folder)")
    .option("--fail-on <severity>", "exit 1 on error (default), warning or never")
    .option("--fail-on-unknown", "exit 3 when tags are known only after apply")
    .option("--unchanged", "judge resources that the plan leaves as they are, too")
    .action(async (file: string, options: Record<string, unknown>) => {
      const { runCheckPlan } = await import("../commands/check-plan.ts");
      process.exitCode = await runCheckPlan(file, options, program.opts()["config"]);
    });
}

export function addValidate(program: Command): void {
  const validate = program
    .command("validate [ids...]")
    .helpGroup(GROUPS.ask)
    .description("single resources: do they keep the policy? ARNs, Azure ids, GCP names")
    .option("--from <file>", "read ids from a file, separated by white space; - reads stdin");
  withJson(withFreshness(validate)).action(
    async (ids: string[], options: Record<string, unknown>) => {
      const { runValidateCommand } = await import("../commands/validate.ts");
      process.exitCode = await runValidateCommand(ids, options, program.opts()["config"]);
    },
  );
}

const MIN_CONFIDENCE = ["--min-confidence <share>", "0 to 1 (default: 0.7)"] as const;

export function addSuggest(program: Command): void {
  const suggest = program
    .command("suggest")
    .helpGroup(GROUPS.ask)
    .description("values that missing and wrong tags probably should have");
  const single = suggest
    .command("for [ids...]", { isDefault: true })
    .description("suggest for single resources; writes nothing")
    .option("--from <file>", "read ids from a file, separated by white space; - reads stdin")
    .option("--tag <names>", "tags of the policy (default: all)", collect)
    .option(...MIN_CONFIDENCE, number);
  withJson(withFreshness(single)).action(
    async (ids: string[], options: Record<string, unknown>) => {
      const { runSuggestCommand } = await import("../commands/suggest.ts");
      process.exitCode = await runSuggestCommand(ids, options, program.opts()["config"]);
    },
  );
  const backtest = suggest
    .command("backtest")
    .description("hide known tags, suggest them, and print how often that was right")
    .option(...MIN_CONFIDENCE, number);
  withJson(backtest).action(async (options: Record<string, unknown>) => {
    const { runBacktestCommand } = await import("../commands/suggest.ts");
    await runBacktestCommand(options, program.opts()["config"]);
  });
}
