import { describe, expect, it } from "vitest";
import {
  confusionTable,
  heldOutQuestions,
  isFound,
  questions,
  type Ranked,
  shareFound,
  type ToolQuestion,
} from "../../scripts/tool-questions.ts";
import { createToolRanking } from "../../scripts/tool-ranking.ts";
import { listTools } from "../../src/mcp/tool-listing.ts";
import { tools } from "../../src/mcp/tools/index.ts";

const listing = listTools(tools);
const rank = createToolRanking(listing);
const ranked = (asked: readonly ToolQuestion[]): Ranked[] =>
  asked.map((one) => ({ ...one, ranking: rank(one.question) }));

describe("what people ask finds the right tool by its description alone", () => {
  it("ranks it first for nine questions in ten", () => {
    const all = ranked(questions);
    expect(all.length).toBeGreaterThanOrEqual(150);
    const found = shareFound(all);
    expect({ enough: found >= 0.9, mistaken: found >= 0.9 ? "" : confusionTable(all) }).toEqual({
      enough: true,
      mistaken: "",
    });
  });

  // Counting words knows no paraphrase: of words that nothing was tuned to, less can be asked.
  it("ranks it among the first three for four in five questions that nothing was tuned to", () => {
    expect(shareFound(ranked(heldOutQuestions), 3)).toBeGreaterThanOrEqual(0.8);
  });

  it.each(listing)("$name is asked for in questions.yaml, in at least two intents", ({ name }) => {
    const asking = questions.filter((one) => one.tools.includes(name));
    expect(new Set(asking.map(({ intent }) => intent)).size).toBeGreaterThanOrEqual(2);
  });

  it("names only tools that exist, holds one phrasing of each intent out, and is seldom ambiguous", () => {
    const names = listing.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(questions.flatMap((one) => one.tools)));
    expect(heldOutQuestions.map(({ intent }) => intent)).toEqual([
      ...new Set(questions.map(({ intent }) => intent)),
    ]);
    expect(questions.filter((one) => one.tools.length > 1).length).toBeLessThanOrEqual(
      questions.length / 10,
    );
  });
});

describe("the ranking", () => {
  const tool = (name: string, description: string, argument = {}) => ({
    name,
    description,
    inputSchema: { type: "object" as const, properties: { argument } },
  });
  const small = createToolRanking([
    tool("paint", "Paints walls red. For doors use hang."),
    tool("hang", "Hangs doors", { description: "Height", enum: ["oak"] }),
    tool("dig", "Digs holes for vegetables in gardens"),
  ]);
  it.each([
    { question: "who paints my wall?", first: "paint" },
    { question: "digging a garden", first: "dig" },
    { question: "I need a door", first: "hang" },
    { question: "something of oak", first: "hang" },
    { question: "vegteables", first: "dig" },
  ])("$question -> $first", ({ question, first }) => {
    expect(small(question)[0]?.tool).toBe(first);
  });

  it("finds nothing where no word is shared", () => {
    const one = { intent: "", question: "quarks", tools: ["paint"], ranking: small("quarks") };
    expect(isFound(one)).toBe(false);
    expect(confusionTable([one])).toContain("quarks");
  });
});
