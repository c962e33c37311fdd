import { describe, expect, test } from "vitest";
import { AppError, ERROR_CODES } from "../errors.ts";
import type { Cell, CellOutcome } from "./cell.ts";
import { cellFailure } from "./cell-failure.ts";
import { MAX_PROBLEMS, summarizeCoverage } from "./coverage.ts";

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
