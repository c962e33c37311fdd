import { stripVTControlCharacters, styleText } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { plainTable } from "./plain-table.ts";
import { wrapCell } from "./wrap-cell.ts";

const id =
  "//compute.googleapis.com/projects/larkspur-data-03ab42/zones/europe-west1-b/instances/web-1";

test.each([60, 80, 120])("a table with long ids fits %i columns, and loses nothing", (width) => {
  const table = plainTable(["resource", "why", "count"], ["left", "left", "right"], width);
  table.push([id, "carries none of the tags that the policy requires of it", "1,234"]);
  table.push(["short", "", "5"]);
  const text = table.toString();
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
  // Read down the first column, the id is whole again.
  const column = text.split("\n").map((line) => line.split(/\s{2,}/)[0] ?? "");
  expect(column.join("")).toContain(id.slice(0, 20));
  expect(text).toContain("1,234");
});

test("a table that fits is left as it is", () => {
  const table = plainTable(["a", "b"], ["left", "right"], 80);
  table.push(["one", "2"]);
  expect(table.toString()).toBe("a    b\none  2");
});

test("wrapping keeps every character but the spaces at its breaks, and every line short", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "b", " ", "/", ":", "-") }),
      fc.integer({ min: 1, max: 30 }),
      fc.boolean(),
      (text, width, styled) => {
        const given = styled ? styleText("red", text, { validateStream: false }) : text;
        const lines = stripVTControlCharacters(wrapCell(given, width)).split("\n");
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      },
    ),
  );
});
