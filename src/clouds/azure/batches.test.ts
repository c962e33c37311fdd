import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packSubscriptions } from "./batches.ts";
import { MAX_ROWS_PER_PAGE, MAX_SUBSCRIPTIONS_PER_QUERY } from "./limits.ts";

describe("packSubscriptions", () => {
  const estate = fc
    .array(fc.integer({ min: 0, max: 2500 }), { maxLength: 40 })
    .map((sizes) => new Map(sizes.map((size, at) => [`s${at}`, size])));

  it("puts each subscription into one group, and no more into a group than one page holds", () => {
    fc.assert(
      fc.property(estate, (counts) => {
        const groups = packSubscriptions([...counts.keys()], counts);
        expect(groups.flat().toSorted()).toEqual([...counts.keys()].toSorted());
        for (const group of groups) {
          const rows = group.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0);
          expect(group.length > 0).toBe(true);
          expect(group.length === 1 || rows <= MAX_ROWS_PER_PAGE).toBe(true);
        }
      }),
    );
  });

  it("makes less than twice as many groups as the rows fill", () => {
    fc.assert(
      fc.property(estate, (counts) => {
        const small = [...counts].filter(([, rows]) => rows <= MAX_ROWS_PER_PAGE);
        const rows = small.reduce((sum, [, own]) => sum + own, 0);
        const groups = packSubscriptions(
          small.map(([id]) => id),
          counts,
        );
        expect(groups.length).toBeLessThanOrEqual((2 * rows) / MAX_ROWS_PER_PAGE + 1);
      }),
    );
  });

  it("reads a thousand empty ones by two queries", () => {
    const ids = Array.from({ length: 1000 }, (_, at) => `s${at}`);
    const groups = packSubscriptions(ids, new Map());
    expect(groups.map((group) => group.length)).toEqual([
      MAX_SUBSCRIPTIONS_PER_QUERY,
      1000 - MAX_SUBSCRIPTIONS_PER_QUERY,
    ]);
  });
});
