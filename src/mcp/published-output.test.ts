import { expect, test } from "vitest";
import { publishedOutput } from "./published-output.ts";

test("fields of the answer keep their types, objects inside them tell their fields' names", () => {
  const kind = { type: "string", enum: ["a", "b"] };
  const where = { type: "object", properties: { account: { type: "string" } } };
  expect(
    publishedOutput({
      type: "object",
      required: ["total"],
      properties: {
        total: { type: "integer", description: "All" },
        page: {
          type: "array",
          description: "One page",
          items: {
            type: "object",
            properties: { kind, where, tags: { type: "array", items: where } },
          },
        },
        coverage: { type: "object", description: "What was read", properties: { cells: kind } },
        maybe: { anyOf: [{ type: "string" }, { type: "null" }] },
      },
    }),
  ).toEqual({
    type: "object",
    required: ["total"],
    properties: {
      total: { type: "integer", description: "All" },
      page: {
        type: "array",
        description: "One page",
        items: { type: "object", description: "Fields: kind, where{account}, tags{account}" },
      },
      coverage: { type: "object", description: "What was read. Fields: cells" },
      maybe: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
  });
});
