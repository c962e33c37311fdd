import { distance } from "fastest-levenshtein";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowedTypos, nearestValue } from "./nearest-value.ts";

const among = (...values: string[]) =>
  nearestValue(values.map((value) => ({ suggestion: value, spellings: [value] })));

describe("nearestValue", () => {
  it.each([
    [["production", "staging"], "Production", "production"],
    [["production", "staging"], " staging ", "staging"],
    [["production", "staging"], "prodcution", "production"],
    [["production", "staging"], "prod", null],
    [["production", "staging"], "", null],
    // short values have too many neighbours
    [["dev", "qa"], "dew", null],
    [["dev", "qa"], "DEV", "dev"],
    [["test"], "tests", "test"],
    [["test"], "tstss", null],
    // two equally near
    [["team-a-x", "team-b-x"], "team-c-x", null],
    [["Prod", "prod"], "PROD", null],
    // nearer wins
    [["marketing", "marketings"], "marketting", "marketing"],
    // digits are never typos
    [["cc-1001", "cc-2001"], "cc-1002", null],
    [["cc-1001", "cc-2001"], "cc_1001", "cc-1001"],
    [["cc-1001", "cc-2001"], "CC-1001", "cc-1001"],
  ])("of %j, %j means %j", (allowed, value, meant) => {
    expect(among(...allowed)(value)).toBe(meant);
  });

  it("suggests the one nearest within the limit, or nothing", () => {
    const word = fc.string({ maxLength: 12, unit: fc.constantFrom(..."abcd".split("")) });
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 6 }), word, (allowed, value) => {
        const meant = among(...allowed)(value);
        const inReach = allowed
          .map((one) => ({ one, typos: distance(one, value) }))
          .filter(({ one, typos }) => typos <= allowedTypos(one))
          .toSorted((a, b) => a.typos - b.typos);
        const [first, second] = inReach;
        const unique = first && first.typos !== second?.typos ? first.one : null;
        expect(meant).toBe(unique);
      }),
      { numRuns: 5000 },
    );
  });
});
