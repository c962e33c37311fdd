import { describe, expect, test } from "vitest";
import { AppError, ERROR_CODES } from "../errors.ts";
import type { Cell, CellOutcome } from "./cell.ts";
import { cellFailure } from "./cell-failure.ts";
import { MAX_PROBLEMS, summarizeCoverage } from "./coverage.ts";
import { problemText } from "./problem-text.ts";

const cell = (account: string): Cell => ({ cloud: "aws", account, region: "*", resourceType: "*" });
const ended = (account: string, status: CellOutcome["status"]): CellOutcome => ({
  cell: cell(account),
  status,
  reason: status === "complete" ? null : "internal_error",
  resources: 0,
});

describe("coverage", () => {
  test("an empty scope is not completely covered: nothing was read", () => {
    expect(summarizeCoverage([])).toMatchObject({ cellsTotal: 0, complete: false });
  });

  test("counts every problem, lists the worst first and only so many", () => {
    const outcomes = [
      ...Array.from({ length: 60 }, (_, n) => ended(`p${String(n).padStart(2, "0")}`, "partial")),
      ended("denied", "denied"),
      ended("fine", "complete"),
    ];
    const coverage = summarizeCoverage(outcomes);
    expect(coverage).toMatchObject({ cellsTotal: 62, cellsComplete: 1, problemCount: 61 });
    expect(coverage.problems).toHaveLength(MAX_PROBLEMS);
    expect(coverage.problems[0]?.cell.account).toBe("denied");
  });

  test("cells that ended alike are one line, its sizes multiplied where that is true", () => {
    const at = (region: string, resourceType: string): CellOutcome => ({
      cell: { cloud: "aws", account: "111111111111", region, resourceType },
      status: "unsupported",
      reason: "api_not_available",
      resources: 0,
    });
    const regions = ["eu-west-1", "eu-west-2", "eu-west-3"];
    const grid = regions.flatMap((region) => ["sqs:queue", "sns:topic"].map((t) => at(region, t)));
    const { groups } = summarizeCoverage([...grid, ended("222222222222", "denied")]);
    expect(groups.map((group) => problemText(group, { name: String }))).toEqual([
      "aws denied (internal_error): all types × all regions × 222222222222",
      "aws unsupported (api_not_available): sns:topic and sqs:queue × 3 regions × 111111111111",
    ]);
    const [holed] = summarizeCoverage(grid.slice(1)).groups;
    expect(holed).toMatchObject({ cells: 5, regions });
    expect(holed && problemText(holed, { name: String })).toContain("5 cells of sns:topic and");
  });
});

describe("a failed read", () => {
  test.each(ERROR_CODES)("%s never ends a cell as complete", (code) => {
    expect(cellFailure(new AppError(code, "x"), 0).status).not.toBe("complete");
    expect(cellFailure(new AppError(code, "x"), 5).status).toBe("partial");
  });

  test("a denial by the organization is told from one by the role", () => {
    const denied = new AppError("cloud_denied", "x", {
      details: { deniedBy: "service_control_policy" },
    });
    expect(cellFailure(denied, 0)).toEqual({
      status: "denied",
      reason: "denied_by_organization_policy",
    });
  });

  test("a bug in an adapter is a failed cell with a reason, too", () => {
    expect(cellFailure(new TypeError("boom"), 0)).toEqual({
      status: "failed",
      reason: "internal_error",
    });
  });
});
