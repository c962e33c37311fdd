import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAGE_BUDGET, pageWithinBudget, rowsWithin } from "./page-budget.ts";

describe("a page within its budget", () => {
  it("holds as many rows as fit, and one at least", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat({ max: 200 }), (rows, budget) => {
        const fit = rowsWithin(rows, budget);
        const length = (count: number): number =>
          rows.slice(0, count).reduce((sum, row) => sum + JSON.stringify(row).length, 0);
        expect(fit).toBeGreaterThanOrEqual(1);
        expect(fit === 1 || length(fit) <= budget).toBe(true);
        expect(fit === rows.length || length(fit + 1) > budget).toBe(true);
      }),
    );
  });

  it.each([
    [10, 10, Math.floor(PAGE_BUDGET.small / 1002)],
    [100, 10, Math.floor(PAGE_BUDGET.large / 1002)],
    [3, 10, 3],
  ])(
    "of %d rows of 1,000 characters, %d by default, shows %d",
    async (limit, defaultLimit, shown) => {
      const asked: string[] = [];
      const answer = (how: string) => async (count: number) => {
        asked.push(how);
        return Array.from({ length: count }, () => "x".repeat(1000));
      };
      const rows = await pageWithinBudget({
        limit,
        defaultLimit,
        ask: answer("ask"),
        askFewer: answer("fewer"),
        rowsOf: (all) => all,
      });
      expect(rows).toHaveLength(shown);
      expect(asked).toEqual(shown === limit ? ["ask"] : ["ask", "fewer"]);
    },
  );
});
