import { parseArgs } from "node:util";
import { listTools } from "../src/mcp/tool-listing.ts";
import { tools } from "../src/mcp/tools/index.ts";
import { confusionTable, heldOutQuestions, questions, shareFound } from "./tool-questions.ts";
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

/** Held-out misses are never shown: to read them is to tune to them. */
function accuracy(): string {
  const tuned = questions.map((one) => ({ ...one, ranking: rank(one.question) }));
  const heldOut = heldOutQuestions.map((one) => ({ ...one, ranking: rank(one.question) }));
  const line = (name: string, ranked: typeof tuned): string =>
    `${name}: ${ranked.length} questions, right tool first ${percent(shareFound(ranked))}, among the first three ${percent(shareFound(ranked, 3))}\n`;
  return [
    line("tuned to", tuned),
    line("held out", heldOut),
    ...(values.misses ? [`${confusionTable(tuned)}\n`] : []),
  ].join("");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
