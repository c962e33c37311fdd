import * as z from "zod";
import type { Coverage } from "../domain/scan/coverage.ts";
import { whereText } from "../domain/scan/problem-text.ts";
import { plainName } from "./untrusted-text.ts";

const count = z.int().min(0);

/** What could be read, the same in every answer that rests on a scan. */
export const coverageOutput = z
  .object({
    complete: z.boolean(),
    cells_total: count,
    cells_complete: count,
    problem_count: count,
    problems: z.array(
      z.object({
        cloud: z.string(),
        status: z.string(),
        reason: z.string(),
        cells: count,
        resources: count,
        where: z.string(),
      }),
    ),
  })
  .describe(
    "What could be read. A cell is one cloud, account, region, type. problems: cells not read to the end, folded by how they ended; detailed names more places",
  );
export type CoverageOutput = z.output<typeof coverageOutput>;

/** Lines about problems in an answer's text. */
const LINES = 5;
const LISTED_GROUPS = { concise: 10, detailed: 50 } as const;
const SPELLED_OUT = { concise: 2, detailed: 20 } as const;

export function toCoverageOutput(
  coverage: Coverage,
  format: "concise" | "detailed",
): CoverageOutput {
  return {
    complete: coverage.complete,
    cells_total: coverage.cellsTotal,
    cells_complete: coverage.cellsComplete,
    problem_count: coverage.problemCount,
    problems: coverage.groups.slice(0, LISTED_GROUPS[format]).map((group) => ({
      cloud: group.cloud,
      status: group.status,
      reason: group.reason,
      cells: group.cells,
      resources: group.resources,
      where: whereText(group, { name: plainName, spelledOut: SPELLED_OUT[format] }),
    })),
  };
}

/** The same as lines for readers of text. `where` holds plain names alone, so it may be shown. */
export function coverageLines(coverage: CoverageOutput): readonly string[] {
  const { cells_complete: read, cells_total: total, problems } = coverage;
  const line = `${number(read)} of ${number(total)} cells were read completely`;
  if (coverage.problem_count === 0) return [`Coverage: ${line}.`];
  const shown = problems.slice(0, LINES);
  const unlisted = coverage.problem_count - shown.reduce((sum, { cells }) => sum + cells, 0);
  return [
    `Coverage: ${line}. Not read completely:`,
    ...shown.map(
      ({ cloud, status, reason, where }) => `- ${cloud} ${status} (${reason}): ${where}`,
    ),
    ...(unlisted > 0 ? [`- and ${number(unlisted)} more cells`] : []),
  ];
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
