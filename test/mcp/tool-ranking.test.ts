import { describe, expect, it } from "vitest";
import {
  confusionTable,
  heldOutQuestions,
  isFound,
  questions,
  type Ranked,
  shareFound,
  type ToolQuestion,
  unseenQuestions,
} from "../../scripts/tool-questions.ts";
import { createToolRanking } from "../../scripts/tool-ranking.ts";
import { plainly } from "../../scripts/vocabulary.ts";
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
  it.each([
    { set: "a further phrasing of each intent", asked: heldOutQuestions, first: 0.85, three: 0.95 },
    { set: "what nothing was tuned to", asked: unseenQuestions, first: 0.75, three: 0.84 },
  ])("ranks it first for at least $first of $set, among three for $three", (floor) => {
    const all = ranked(floor.asked);
    expect(all.length).toBeGreaterThanOrEqual(50);
    expect(shareFound(all)).toBeGreaterThanOrEqual(floor.first);
    expect(shareFound(all, 3)).toBeGreaterThanOrEqual(floor.three);
  });

  it.each(listing)("$name is asked for at least twice in questions-unseen.yaml", ({ name }) => {
    const asking = unseenQuestions.filter((one) => one.tools.includes(name));
    expect(asking.length).toBeGreaterThanOrEqual(2);
  });

  it.each(listing)("$name is asked for in questions.yaml, in at least two intents", ({ name }) => {
    const asking = questions.filter((one) => one.tools.includes(name));
    expect(new Set(asking.map(({ intent }) => intent)).size).toBeGreaterThanOrEqual(2);
  });

  it("names only tools that exist, has one more phrasing of each intent, and is seldom ambiguous", () => {
    const names = listing.map(({ name }) => name);
    for (const asked of [questions, unseenQuestions])
      expect(names).toEqual(expect.arrayContaining(asked.flatMap((one) => one.tools)));
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
    { question: "repaint", first: "paint" },
  ])("$question -> $first", ({ question, first }) => {
    expect(small(question)[0]?.tool).toBe(first);
  });

  it.each([
    { asked: "is arn:aws:s3:::logs fine", meant: "is  arn id  fine" },
    { asked: "i-0abc in eu-west-1", meant: " id  in eu-west-1" },
    { asked: "no cost centre", meant: "no keyname" },
    { asked: "a yes or no", meant: "a verdict" },
    { asked: "week by week", meant: "trend per week" },
  ])("reads $asked as $meant", ({ asked, meant }) => {
    expect(plainly(asked)).toBe(meant);
  });

  it("reads a word with un- as the lack of what follows", () => {
    const owners = createToolRanking([tool("lack", "No owner"), tool("build", "Owner of a house")]);
    expect(owners("unowned")[0]?.tool).toBe("lack");
  });

  it("finds nothing where no word is shared", () => {
    const one = { intent: "", question: "quarks", tools: ["paint"], ranking: small("quarks") };
    expect(isFound(one)).toBe(false);
    expect(confusionTable([one])).toContain("quarks");
  });
});
