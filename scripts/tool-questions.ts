import { readFileSync } from "node:fs";
import { parse } from "yaml";
import * as z from "zod";
import type { RankedTool } from "./tool-ranking.ts";

export interface ToolQuestion {
  readonly intent: string;
  readonly question: string;
  /** Where a right answer begins; several where people would not agree either. */
  readonly tools: readonly string[];
}

const tools = z.array(z.string()).min(1);
const Intents = z.array(
  z.strictObject({
    intent: z.string(),
    tools,
    ask: z.array(z.union([z.string(), z.strictObject({ ask: z.string(), tools })])).length(3),
  }),
);
const HeldOut = z.record(z.string(), z.string());
const Unseen = z.array(
  z.strictObject({ by: z.enum(["engineer", "cfo", "auditor"]), tools, ask: z.string() }),
);

const folder = new URL("../test/mcp/", import.meta.url);
const intents = Intents.parse(read("questions.yaml"));

/** What people ask, three phrasings an intent: descriptions are tuned to these. */
export const questions: readonly ToolQuestion[] = intents.flatMap(({ intent, tools: usual, ask }) =>
  ask.map((one) =>
    typeof one === "string"
      ? { intent, question: one, tools: usual }
      : { intent, question: one.ask, tools: one.tools },
  ),
);

/** One more phrasing an intent; once held out, read since, so that descriptions may know its words. */
export const heldOutQuestions: readonly ToolQuestion[] = Object.entries(
  HeldOut.parse(read("questions-held-out.yaml")),
).map(([intent, question]) => ({
  intent,
  question,
  tools: intents.find((one) => one.intent === intent)?.tools ?? [],
}));

/** What an engineer, a CFO or an auditor asks, that no description and no synonym was tuned to. */
export const unseenQuestions: readonly ToolQuestion[] = Unseen.parse(
  read("questions-unseen.yaml"),
).map(({ by, ask, tools: right }) => ({ intent: by, question: ask, tools: right }));

export interface Ranked extends ToolQuestion {
  readonly ranking: readonly RankedTool[];
}

/** Is a right tool among the first `places`? A tool that shares no word with the question is not found. */
export function isFound({ ranking, tools: right }: Ranked, places = 1): boolean {
  return ranking.slice(0, places).some(({ tool, score }) => score > 0 && right.includes(tool));
}

export function shareFound(ranked: readonly Ranked[], places = 1): number {
  return ranked.filter((one) => isFound(one, places)).length / ranked.length;
}

/** Which tool is taken for which, most often first, with the questions. */
export function confusionTable(ranked: readonly Ranked[]): string {
  const mistaken = Map.groupBy(
    ranked.filter((one) => !isFound(one)),
    ({ tools: right, ranking }) => `${right.join(" | ")} -> ${ranking[0]?.tool ?? "none"}`,
  );
  return [...mistaken]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .flatMap(([pair, misses]) => [
      `${misses.length} ${pair}`,
      ...misses.map(({ question }) => `    ${question}`),
    ])
    .join("\n");
}

function read(file: string): unknown {
  return parse(readFileSync(new URL(file, folder), "utf8"));
}
