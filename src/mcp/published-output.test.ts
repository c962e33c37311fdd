import { expect, test } from "vitest";
import { publishedOutput } from "./published-output.ts";

test("fields of the answer keep their types, objects inside them tell their fields' names", () => {
  const kind = { type: "string", enum: ["a", "b"] };
  const where = { type: "object", properties: { account: { type: "string" } } };
  expect(
    publishedOutput({
      type: "object",
      required: ["total"],
      additionalProperties: false,
      properties: {
        total: { type: "integer", minimum: 0, description: "All" },
        page: {
          type: "array",
          description: "One page",
          items: {
            type: "object",
            properties: { kind, where, tags: { type: "array", items: where } },
          },
        },
        names: { type: "array", items: { type: "string" } },
        by_cloud: { type: "object", description: "One a cloud", properties: { cells: kind } },
        coverage: { type: "object", description: "Told once", properties: { cells: kind } },
        scan_id: { type: "string", description: "Told once" },
        listed: { type: ["string", "null"] },
        maybe: { anyOf: [{ type: "string" }, { type: "null" }] },
        spend: { description: "null = unknown", anyOf: [where, { type: "null" }] },
      },
    }),
  ).toEqual({
    type: "object",
    properties: {
      total: { type: "integer", description: "All" },
      page: { type: "array", description: "One page {kind, where, tags}" },
      names: { type: "array" },
      by_cloud: { type: "object", description: "One a cloud {cells}" },
      listed: { anyOf: [{ type: "string" }, { type: "null" }] },
      maybe: { anyOf: [{ type: "string" }, { type: "null" }] },
      spend: {
        anyOf: [{ type: "object" }, { type: "null" }],
        description: "null = unknown {account}",
      },
    },
  });
});
