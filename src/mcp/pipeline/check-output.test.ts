import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { withoutInvisible } from "../../domain/visible-text.ts";
import { type AnyTool, defineReadTool } from "../define.ts";
import { checkOutput } from "./check-output.ts";

const tool: AnyTool = defineReadTool({
  name: "tell",
  title: "Tell",
  description: "Tells.",
  reachesClouds: false,
  input: z.strictObject({}),
  output: z.object({ told: z.json(), names: z.record(z.string(), z.string()) }),
  run: async () => ({ told: null, names: {} }),
  summarize: ({ names }) => Object.keys(names).join(),
});

function check(produced: unknown) {
  return checkOutput(
    {
      tool,
      received: {} as never,
      principal: {} as never,
      correlationId: "call_1",
      startedAtMs: 0,
      input: {},
      argumentsDigest: "",
    },
    produced,
  );
}

function textsIn(part: unknown): readonly string[] {
  if (typeof part === "string") return [part];
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

describe("the last check of an answer", () => {
  it("leaves no text in it that hides something, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: "binary" }),
        fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })),
        (told, names) => {
          const { content, structuredContent } = check({ told, names }).result;
          for (const text of textsIn([content, structuredContent]))
            expect(withoutInvisible(text)).toBe(text);
        },
      ),
    );
  });

  it.each([
    ["a zero-width space", "a\u200Bb"],
    ["a carriage return", "a\rb"],
    ["a bell", "a\u0007b"],
    ["half of a surrogate pair", "a\uD800b"],
    ["a delete", "a\u007Fb"],
  ])("takes out %s", (_what, text) => {
    expect(check({ told: [text], names: { [text]: text } }).result).toMatchObject({
      content: [{ text: "ab" }],
      structuredContent: { told: ["ab"], names: { ab: "ab" } },
    });
  });

  it("gives equal answers one digest and others another", () => {
    const digests = ["x", "y", "x", "x\u200B"].map((told) => check({ told, names: {} }).digest);
    expect(new Set(digests)).toHaveLength(2);
  });

  it("does not let an answer through that the schema does not know", () => {
    expect(() => check({ told: 1n, names: {} })).toThrow(z.ZodError);
  });
});
