import { type Command, InvalidArgumentError } from "commander";
import { collect } from "../collect.ts";

/** Of `--help`: the commands in order of what a person wants, not of the alphabet. */
export const GROUPS = {
  ask: "Ask about tags:",
  money: "Ask about money:",
  time: "Ask about time:",
  policy: "Policy and code:",
  run: "Run and look after:",
} as const;

/** Which resources a question is about, with the same words in every command. */
export function withScope(command: Command): Command {
  return command
    .option(
      "--cloud <names>",
      "aws, azure, gcp (repeat, or separate by commas; default: all)",
      collect,
    )
    .option("--account <ids>", "AWS account, Azure subscription or GCP project ids", collect)
    .option("--region <names>", "regions, in the cloud's own names", collect)
    .option("--type <types>", "resource types or categories", collect);
}

/** How old the answer's data may be. */
export function withFreshness(command: Command): Command {
  return command
    .option("--max-age <minutes>", "answer from the inventory if younger (default: 60)", number)
    .option(
      "--allow-stale <minutes>",
      "answer at once from an inventory up to this old, and scan before the command ends",
      number,
    )
    .option("--refresh", "read the clouds whatever is stored");
}

export function withLimit(command: Command, rows: string, fallback: number): Command {
  return command.option("--limit <n>", `${rows} to list, 1 to 1000 (default: ${fallback})`, number);
}

export function withJson(command: Command): Command {
  return command.option("--json", "print the answer as JSON");
}

/** Bounds are the command's own business; that it is a number at all is commander's. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value))
    throw new InvalidArgumentError("A number is needed.");
  return value;
}
