import type { Tool } from "@modelcontextprotocol/server";
import { distance } from "fastest-levenshtein";
import * as z from "zod";
import { meaningOf, plainly } from "./vocabulary.ts";

export interface RankedTool {
  readonly tool: string;
  /** At least 0; comparable within one question only. */
  readonly score: number;
}

/** A tool as a bag of stems; what its name and description say counts more than its arguments. */
interface Bag {
  readonly tool: string;
  readonly weights: ReadonlyMap<string, number>;
  readonly length: number;
}

/**
 * Parameters of BM25, see Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009). `B` is low, since
 * every description is short, and one that says more is not less about what it says.
 */
const K1 = 1.2;
const B = 0.3;
const TITLE_WEIGHT = 3;
const DESCRIPTION_WEIGHT = 1;
const ARGUMENT_WEIGHT = 0.5;
/** Two words side by side were counted alone already, and being rare would outweigh all else. */
const PAIR_WEIGHT = 0.5;
/** A shorter word has too many neighbours a slip away. */
const SHORTEST_MISSPELT = 6;

/**
 * What every question says, as "show me". Question words and `no` stay: to ask who, why or for what is absent is to
 * ask for another tool.
 */
const STOP_WORDS = new Set(
  (
    "a about again all also an and any are as at be been but by can could did do does each find for from get give had has " +
    "have how i if in into is it its itself just let list me more much must my need nor not now of on one only or our out " +
    "please s see should show so some such tell than that the their them then there these they this those to too up us use " +
    "used want was we were what where which will with would you your"
  ).split(" "),
);

/**
 * Ranks tools by how alike a question and what `tools/list` says of each tool are: BM25 over stems and
 * the synonyms of the field. It knows far less than a model; so a right answer here rests on words that the
 * description really says.
 */
export function createToolRanking(tools: readonly Tool[]): (question: string) => RankedTool[] {
  const names = tools.map(({ name }) => name);
  const bags = tools.map((tool) => bagOf(tool, names));
  const meanLength = bags.reduce((sum, { length }) => sum + length, 0) / bags.length;
  const known = new Map<string, number>();
  for (const { weights } of bags)
    for (const word of weights.keys()) known.set(word, (known.get(word) ?? 0) + 1);
  const rarity = (word: string): number => {
    const holders = known.get(word) ?? 0;
    return Math.log(1 + (bags.length - holders + 0.5) / (holders + 0.5));
  };
  return (question) => {
    const asked = new Set(terms(question, (word) => understood(word, known)));
    const score = ({ weights, length }: Bag): number =>
      [...asked].reduce((sum, word) => {
        const weight = weights.get(word) ?? 0;
        const norm = K1 * (1 - B + (B * length) / meanLength);
        const worth = rarity(word) * (word.includes(" ") ? PAIR_WEIGHT : 1);
        return sum + (worth * weight * (K1 + 1)) / (weight + norm);
      }, 0);
    return bags
      .map((bag) => ({ tool: bag.tool, score: score(bag) }))
      .toSorted((one, other) => other.score - one.score);
  };
}

function bagOf(tool: Tool, names: readonly string[]): Bag {
  const weights = new Map<string, number>();
  let length = 0;
  const add = (text: string, weight: number): void => {
    for (const word of terms(text)) {
      weights.set(word, (weights.get(word) ?? 0) + weight);
      length += weight;
    }
  };
  add(tool.title ?? tool.name, TITLE_WEIGHT);
  add(ownWords(tool.description ?? "", names), DESCRIPTION_WEIGHT);
  for (const [name, schema] of Object.entries(tool.inputSchema.properties ?? {}))
    add(`${name} ${argumentText(schema)}`, ARGUMENT_WEIGHT);
  return { tool: tool.name, weights, length };
}

const Argument = z.object({
  description: z.string().default(""),
  enum: z.array(z.string()).default([]),
  items: z.object({ enum: z.array(z.string()).default([]) }).optional(),
});

/** What an argument is for, and its choices. */
function argumentText(schema: unknown): string {
  const { description, enum: choices, items } = Argument.parse(schema);
  return [description, ...choices, ...(items?.enum ?? [])].join(" ");
}

/** "For the trend use get_violation_history" says what a tool is not for: words that would draw questions to it. */
function ownWords(description: string, names: readonly string[]): string {
  return description
    .split(/(?<=[.;])\s/)
    .filter((clause) => !names.some((name) => clause.includes(name)))
    .join(" ");
}

/** Stems, and pairs of neighbours: "no tags" says more than "no" and "tags". */
function terms(text: string, understand = (word: string): string[] => [word]): string[] {
  const single = words(text).flatMap(understand);
  return [...single, ...single.slice(1).map((word, index) => `${single[index] ?? ""} ${word}`)];
}

/** Stems of a text; `CostCenter`, `cost_center` and `cost centre` are the same. Figures are data. */
function words(text: string): string[] {
  const apart = text.replaceAll(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ");
  return plainly(apart.toLowerCase())
    .replaceAll(/n't\b/g, "")
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1 && !/\d/.test(word) && !STOP_WORDS.has(word))
    .map(meaningOf);
}

/** A word that no tool says, by what it is made of: `unowned` is "no owner", `rescan` is "scan". */
function understood(word: string, known: ReadonlyMap<string, number>): string[] {
  if (known.has(word)) return [word];
  const root = meaningOf(word.slice(2));
  if (word.startsWith("un") && known.has(root)) return [meaningOf("no"), root];
  if (word.startsWith("re") && known.has(root)) return [root];
  return [nearest(word, known)];
}

/** A word that no tool says, but for a slip of the keyboard: the known one. */
function nearest(word: string, known: ReadonlyMap<string, number>): string {
  if (word.length < SHORTEST_MISSPELT) return word;
  const slips = word.length < 8 ? 1 : 2;
  return (
    [...known.keys()].find(
      (other) => other.length >= SHORTEST_MISSPELT && distance(word, other) <= slips,
    ) ?? word
  );
}
