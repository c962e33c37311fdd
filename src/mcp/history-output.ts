import * as z from "zod";
import type { HistoryPoint, ViolationHistoryResult } from "../app/violation-history.ts";
import { DIRECTIONS } from "../domain/compliance/trend/trend.ts";

const count = z.int().min(0);
const date = z.string();

const point = z.object({
  period: date,
  gap: z.boolean().optional().describe("No snapshot: not known"),
  score: z.number().min(0).max(1).nullish(),
  non_compliant: count.optional(),
  judged: count.optional(),
  tag_violations: count.optional(),
  incomplete: z.string().optional().describe("Cells complete/all"),
  policy_changed: z.boolean().optional(),
  scope_changed: z.boolean().optional(),
  ad_hoc: z.boolean().optional(),
  scan_id: z.string().optional(),
  policy_hash: z.string().optional(),
  counts: z.record(z.string(), count).optional(),
});

/** What `get_violation_history` answers. */
export const historyOutput = z.object({
  measure: z.enum(["score", "tag_violations"]),
  direction: z.enum(DIRECTIONS),
  change_per_week: z
    .number()
    .nullable()
    .describe("Median slope: percentage points of score, or violations"),
  rests_on: z.object({
    points: count,
    days: z.number(),
    not_comparable: count.describe("Points of another policy or scope"),
  }),
  points: z.array(point).describe("Oldest first, each its period's last snapshot"),
  earlier_points: count.describe("Not shown; detailed shows all"),
  gaps: count,
  snapshots: count,
  tag_kinds: z.array(z.object({ kind: z.string(), count })).optional(),
  from: date,
  to: date,
  beyond_retention: date.nullable().describe("Snapshots before this day were removed"),
});
export type HistoryOutput = z.output<typeof historyOutput>;

/** Points a concise answer shows: the youngest. */
const SHOWN = 45;

export function toHistoryOutput(
  result: ViolationHistoryResult,
  asked: { readonly tag: string | undefined; readonly format: "concise" | "detailed" },
): HistoryOutput {
  const ofTag = asked.tag !== undefined;
  const detailed = asked.format === "detailed";
  const points = detailed ? result.points : result.points.slice(-SHOWN);
  const { direction, perWeek, points: used, days, notComparable } = result.trend;
  return {
    measure: ofTag ? "tag_violations" : "score",
    direction,
    change_per_week: perWeek === null ? null : rounded(ofTag ? perWeek : perWeek * 100),
    rests_on: { points: used, days, not_comparable: notComparable },
    points: points.map((one) => toPoint(one, detailed)),
    earlier_points: result.points.length - points.length,
    gaps: result.gaps,
    snapshots: result.snapshotCount,
    ...(ofTag
      ? { tag_kinds: result.tagKinds.map(({ kind, count: n }) => ({ kind, count: n })) }
      : {}),
    from: day(result.from),
    to: day(result.to),
    beyond_retention: result.beyondRetention === null ? null : day(result.beyondRetention),
  };
}

function toPoint(
  { periodStart, snapshot }: HistoryPoint,
  detailed: boolean,
): HistoryOutput["points"][number] {
  const period = day(periodStart);
  if (snapshot === null) return { period, gap: true };
  const { counts, cellsTotal, cellsComplete } = snapshot;
  return {
    period,
    score: snapshot.score === null ? null : Math.floor(snapshot.score * 10_000) / 10_000,
    non_compliant: counts.non_compliant,
    judged: counts.compliant + counts.non_compliant,
    ...(snapshot.tagViolations === null ? {} : { tag_violations: snapshot.tagViolations }),
    ...(cellsComplete < cellsTotal ? { incomplete: `${cellsComplete}/${cellsTotal}` } : {}),
    ...(snapshot.policyChanged ? { policy_changed: true } : {}),
    ...(snapshot.scopeChanged ? { scope_changed: true } : {}),
    ...(snapshot.kind === "ad_hoc" ? { ad_hoc: true } : {}),
    ...(detailed
      ? {
          scan_id: snapshot.scanId,
          policy_hash: snapshot.policyHash,
          counts: { ...counts, cells_total: cellsTotal, cells_complete: cellsComplete },
        }
      : {}),
  };
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
