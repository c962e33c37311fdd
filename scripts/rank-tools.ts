import { parseArgs } from "node:util";
import { listTools } from "../src/mcp/tool-listing.ts";
import { tools } from "../src/mcp/tools/index.ts";
import {
  confusionTable,
  heldOutQuestions,
  questions,
  shareFound,
  type ToolQuestion,
  unseenQuestions,
} from "./tool-questions.ts";
import { createToolRanking } from "./tool-ranking.ts";

const USAGE = `node scripts/rank-tools.ts [QUESTION] [--misses]
With a question: the tools by how alike it and their descriptions are.
Without: how often the right tool ranks first; --misses adds which tool was taken for which.
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { misses: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
});
const rank = createToolRanking(listTools(tools));
const [question] = positionals;

if (values.help === true) process.stdout.write(USAGE);
else process.stdout.write(question === undefined ? accuracy() : ranking(question));

function ranking(asked: string): string {
  return rank(asked)
    .map(({ tool, score }) => `${score.toFixed(2).padStart(6)}  ${tool}\n`)
    .join("");
}

/** Misses are shown of what was tuned to alone: to read the others is to tune to them. */
function accuracy(): string {
  const ranked = (asked: readonly ToolQuestion[]) =>
    asked.map((one) => ({ ...one, ranking: rank(one.question) }));
  const line = (name: string, asked: readonly ToolQuestion[]): string =>
    `${name}: ${asked.length} questions, right tool first ${percent(shareFound(ranked(asked)))}, among the first three ${percent(shareFound(ranked(asked), 3))}\n`;
  return [
    line("tuned to", questions),
    line("once held out", heldOutQuestions),
    line("unseen", unseenQuestions),
    ...(values.misses ? [`${confusionTable(ranked(questions))}\n`] : []),
  ].join("");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
