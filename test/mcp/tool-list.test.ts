import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { INSTRUCTIONS } from "../../src/mcp/instructions.ts";
import { listTools } from "../../src/mcp/tool-listing.ts";
import { tools } from "../../src/mcp/tools/index.ts";

const FOLDER = new URL("../../src/mcp/tools/", import.meta.url);
const PINNED = new URL("tool-list.json", import.meta.url);
/** Every client pays for the list in every conversation. Four characters are about one token. */
const TOKENS_PER_TOOL = 1000;
const TOKENS_PER_TOOL_ON_AVERAGE = 600;
const TOKENS_IN_ALL = 10_000;

const tokens = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);
const listing = listTools(tools);

describe("the tool list", () => {
  it("holds every tool of the folder, each in the file of its name", () => {
    const files = readdirSync(FOLDER).filter(
      (file) => !file.endsWith(".test.ts") && file !== "index.ts",
    );
    const named = tools.map(({ name }) => `${name.replaceAll("_", "-")}.ts`);
    expect(named.toSorted()).toEqual(files.toSorted());
  });

  it("is the reviewed one: write listTools(tools) to tool-list.json when a change is meant", () => {
    const pinned: unknown = JSON.parse(readFileSync(PINNED, "utf8"));
    expect(JSON.parse(JSON.stringify(listing))).toEqual(pinned);
  });

  it.each(listing)("$name costs few tokens and describes itself briefly", (tool) => {
    expect(tokens(tool)).toBeLessThanOrEqual(TOKENS_PER_TOOL);
    expect(tool.description?.length).toBeLessThanOrEqual(500);
    expect(tool.name).toMatch(/^[a-z][a-z0-9_]{0,63}$/);
  });

  it.each(listing)(
    "$name promises no field: a call that still runs, or asks, has others",
    (tool) => {
      expect(tool.outputSchema).not.toHaveProperty("required");
      expect(tool.outputSchema).not.toHaveProperty("additionalProperties");
    },
  );

  it("costs few tokens as a whole, and so do the instructions", () => {
    expect(listing.length).toBeLessThanOrEqual(25);
    expect(tokens(listing)).toBeLessThanOrEqual(TOKENS_IN_ALL);
    expect(tokens(listing) / listing.length).toBeLessThanOrEqual(TOKENS_PER_TOOL_ON_AVERAGE);
    expect(Buffer.byteLength(INSTRUCTIONS)).toBeLessThanOrEqual(2048);
  });
});
