import { beforeAll, describe, expect, it } from "vitest";
import { tools } from "../../src/mcp/tools/index.ts";
import { type AnswerSize, measureAnswers } from "./measure.ts";

const MOST_BY_DEFAULT = 2500;
const MOST = 20_000;
/** No bill and no older scan is in the store; that these tools say so is their answer. */
const WITHOUT_DATA = new Set(["get_cost_attribution_gap", "detect_tag_drift"]);

/** As many resources in as many places as make every list that an answer could hold long. */
describe("answers over a wide estate", () => {
  let sizes: readonly AnswerSize[];
  beforeAll(async () => {
    sizes = await measureAnswers(20_000);
  }, 180_000);

  const told = (one: AnswerSize): string => `${one.tool}, ${one.arguments}: ${one.tokens}`;

  it("are answers, of all tools that read the store", () => {
    const failed = sizes.filter(
      ({ tool, error }) => error !== undefined && !WITHOUT_DATA.has(tool),
    );
    expect(failed).toEqual([]);
    expect(new Set(sizes.map(({ tool }) => tool)).size).toBe(tools.length - 1);
  });

  it("are small by default", () => {
    const large = sizes.filter(
      (one) => one.arguments === "default" && one.tokens > MOST_BY_DEFAULT,
    );
    expect(large.map(told)).toEqual([]);
  });

  it("fit into a conversation whatever is asked for", () => {
    expect(sizes.filter(({ tokens }) => tokens > MOST).map(told)).toEqual([]);
  });
});
