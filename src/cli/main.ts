import { Command, CommanderError } from "commander";
import { VERSION } from "../version.ts";
import { EXIT, EXIT_MEANINGS, reportFailure } from "./failure.ts";
import { terminalWidth } from "./output.ts";
import { addAudit } from "./programs/audit.ts";
import { addCosts } from "./programs/cost.ts";
import { addHistory } from "./programs/history.ts";
import { addOperation } from "./programs/operation.ts";
import { addPolicy } from "./programs/policy.ts";
import { addQuestions } from "./programs/questions.ts";
import { addReports } from "./programs/reports.ts";
import { addCheckPlan, addSuggest, addValidate } from "./programs/resources.ts";
import { GROUPS } from "./programs/shared-options.ts";

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

const EXAMPLES = `
Examples:
  tag-compliance demo                                 see it work; no account needed
  tag-compliance scan                                 every cloud you are signed in to
  tag-compliance check --cloud aws --fail-on error    the last scan, as a gate
  tag-compliance serve                                MCP over stdio`;

/** Every command with its options; `docs/cli.md` is made from it. */
export function createProgram(): Command {
  const program = new Command("tag-compliance")
    .description("Which cloud resources break the tagging policy, what could not be read, and why.")
    .version(VERSION)
    .option("--config <file>", "configuration file (also TAG_COMPLIANCE_CONFIG)")
    .exitOverride()
    .configureOutput({ getOutHelpWidth: terminalWidth, getErrHelpWidth: terminalWidth })
    .showHelpAfterError("Run with --help for the options.")
    .showSuggestionAfterError()
    .addHelpText("after", `${EXAMPLES}\n\nExit codes:\n${exitCodes()}`);
  addQuestions(program);
  addValidate(program);
  addSuggest(program);
  addCosts(program);
  addHistory(program);
  addReports(program);
  addPolicy(program);
  addCheckPlan(program);
  addOperation(program);
  addAudit(program);
  program.addHelpCommand(
    new Command("help [command]").helpGroup(GROUPS.run).description("help for a command"),
  );
  return program;
}

function exitCodes(): string {
  return Object.entries(EXIT_MEANINGS)
    .map(([code, meaning]) => `  ${code}  ${meaning}`)
    .join("\n");
}
