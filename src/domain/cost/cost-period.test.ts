import { describe, expect, it } from "vitest";
import { daysIn, monthsOf, parseCostPeriod } from "./cost-period.ts";

const NOW = Date.UTC(2026, 10, 22, 23, 59);

describe("a period", () => {
  it.each([
    ["last_30_days", "2026-10-23", "2026-11-22"],
    ["last 7 days", "2026-11-15", "2026-11-22"],
    ["Last-Month", "2026-10-01", "2026-11-01"],
    ["this_month", "2026-11-01", "2026-11-23"],
    ["month_to_date", "2026-11-01", "2026-11-23"],
    ["this_quarter", "2026-10-01", "2026-11-23"],
    ["last_quarter", "2026-07-01", "2026-10-01"],
    ["year_to_date", "2026-01-01", "2026-11-23"],
    ["last_12_months", "2025-11-01", "2026-11-01"],
    ["2024-02", "2024-02-01", "2024-03-01"],
    ["2025", "2025-01-01", "2026-01-01"],
    ["2026-12-31", "2026-12-31", "2027-01-01"],
    ["2026-10-05/2026-10-12", "2026-10-05", "2026-10-12"],
    ["2026-10-05T00:00:00Z/2026-10-12T00:00:00.000Z", "2026-10-05", "2026-10-12"],
  ])("%s is %s up to %s", (text, from, to) =>
    expect(parseCostPeriod(text, NOW)).toEqual({ from, to }),
  );

  it.each([
    "",
    "yesterday",
    "2026-13",
    "2026-02-30",
    "2026-10-05/2026-10-05",
    "2026-10-05/2026-10-01",
    "2026-10-05/2026-10-12/2026-10-13",
    "2026-10-05T13:00:00Z/2026-10-12",
    "2015-01-01/2026-01-01",
  ])("%j is refused", (text) =>
    expect(() => parseCostPeriod(text, NOW)).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    ),
  );

  it("knows its months and days, leap years and year ends included", () => {
    expect(monthsOf({ from: "2023-12-15", to: "2024-03-01" })).toEqual([
      "2023-12",
      "2024-01",
      "2024-02",
    ]);
    expect(daysIn({ from: "2024-02-01", to: "2024-03-01" })).toBe(29);
  });
});
