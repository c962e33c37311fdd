import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { periodsBetween, periodStart } from "./periods.ts";
import { slopePerWeek } from "./theil-sen.ts";
import { type TrendPoint, trendOf } from "./trend.ts";

const DAY = 86_400_000;
const SCORE = { higherIsBetter: true, noise: 0.005 };

function daily(values: readonly (number | null)[], basis: (day: number) => string = () => "p") {
  return values.map(
    (value, day): TrendPoint => ({
      periodStartMs: day * DAY,
      snapshot: value === null ? null : { takenAtMs: day * DAY, value, basis: basis(day) },
    }),
  );
}

describe("slopePerWeek", () => {
  test("is the slope of a line, whatever the order and the gaps of its points", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 40 }),
        fc.integer({ min: -50, max: 50 }),
        (days, slope) => {
          const points = days.map((day) => ({ atMs: day * DAY, value: 3 + (slope * day) / 7 }));
          expect(slopePerWeek(points)).toBeCloseTo(slope, 6);
        },
      ),
    );
  });

  test("is hardly moved by a quarter of the points being wrong", () => {
    const points = Array.from({ length: 20 }, (_, day) => ({
      atMs: day * DAY,
      value: day % 5 === 0 ? 1000 : day / 7,
    }));
    const slope = slopePerWeek(points) ?? Number.NaN;
    expect(slope).toBeGreaterThan(0.5);
    expect(slope).toBeLessThan(1.5);
  });

  test("is not known of one moment", () => {
    expect(slopePerWeek([])).toBeNull();
    expect(slopePerWeek([{ atMs: 1, value: 1 }])).toBeNull();
    expect(
      slopePerWeek([
        { atMs: 1, value: 1 },
        { atMs: 1, value: 2 },
      ]),
    ).toBeNull();
  });
});

describe("trendOf", () => {
  test.each([
    ["rises", [0.5, 0.52, 0.54, 0.56], "improving"],
    ["falls", [0.5, 0.48, 0.46], "declining"],
    ["stands", [0.5, 0.501, 0.5, 0.5], "stable"],
    ["has two points", [0.5, 0.9], "insufficient_data"],
    ["has two points and gaps", [0.5, null, null, 0.9], "insufficient_data"],
    ["has no point", [], "insufficient_data"],
    ["jumps once", [0.5, 0.5, 0.1, 0.5, 0.5, 0.5], "stable"],
  ] as const)("a score that %s", (_, values, direction) => {
    expect(trendOf(daily(values), SCORE).direction).toBe(direction);
  });

  test("fewer violations are better", () => {
    const fewer = { higherIsBetter: false, noise: 1 };
    expect(trendOf(daily([90, 80, 70]), fewer)).toMatchObject({
      direction: "improving",
      perWeek: -70,
      points: 3,
      days: 2,
    });
  });

  test("points before another policy or scope are left out, also when it is an old one again", () => {
    const basis = (day: number): string => (day < 3 || day > 5 ? "p1" : "p2");
    expect(trendOf(daily([0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.8, 0.81, 0.82], basis), SCORE)).toEqual({
      direction: "improving",
      perWeek: expect.closeTo(0.07, 6),
      points: 3,
      days: 2,
      notComparable: 6,
    });
  });
});

describe("periods", () => {
  test.each([
    ["day", "2026-03-29T23:59:59Z", "2026-03-29"],
    ["week", "2026-03-29T23:59:59Z", "2026-03-23"],
    ["week", "2026-03-30T00:00:00Z", "2026-03-30"],
    ["week", "2027-01-01T00:00:00Z", "2026-12-28"],
    ["month", "2028-02-29T12:00:00Z", "2028-02-01"],
  ] as const)("the %s of %s begins on %s", (grouping, at, start) => {
    expect(periodStart(Date.parse(at), grouping)).toBe(Date.parse(start));
  });

  test("follow each other without a hole and hold what lies in them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom("day", "week", "month"),
        (fromMs, days, grouping) => {
          const starts = periodsBetween(fromMs, fromMs + days * DAY, grouping);
          expect(starts[0]).toBeLessThanOrEqual(fromMs);
          for (const start of starts) expect(periodStart(start, grouping)).toBe(start);
          for (const [at, start] of starts.slice(1).entries())
            expect(periodStart(start - 1, grouping)).toBe(starts[at]);
          expect(starts.at(-1)).toBe(periodStart(fromMs + days * DAY - 1, grouping));
        },
      ),
    );
  });
});
