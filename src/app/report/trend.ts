import type { ReportTrend } from "../../domain/report/model.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { GetViolationHistory } from "../violation-history.ts";

const DAYS = 90;

/** The score by the scheduled snapshots of the last 90 days. */
export async function reportTrend(
  getViolationHistory: GetViolationHistory,
  scope: Scope,
): Promise<ReportTrend> {
  if (scope.regions.length > 0) return { known: false, reason: "not_kept_by_region" };
  const { points, gaps, trend } = await getViolationHistory({
    clouds: scope.clouds,
    accounts: scope.accounts,
    resourceTypes: scope.resourceTypes,
    tag: undefined,
    daysBack: DAYS,
    grouping: "day",
    includeAdHoc: false,
  });
  if (points.length === 0) return { known: false, reason: "no_snapshots" };
  return {
    known: true,
    days: DAYS,
    points: points.map(({ periodStart, snapshot }) => ({
      periodStartMs: periodStart,
      score: snapshot?.score ?? null,
      nonCompliant: snapshot === null ? null : snapshot.counts.non_compliant,
      breaks: snapshot !== null && (snapshot.policyChanged || snapshot.scopeChanged),
    })),
    gaps,
    direction: trend.direction,
    perWeek: trend.perWeek,
    comparablePoints: trend.points,
  };
}
