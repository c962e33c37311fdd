import {
  count,
  day,
  type DocumentSection,
  points,
  type Phrase,
  share,
  UNKNOWN,
} from "../document.ts";
import type { ComplianceReport, ReportTrend } from "../model.ts";

const WHY_NO_TREND = {
  not_kept_by_region: "History is not kept by region. Ask for the report without regions.",
  no_snapshots:
    "No scheduled snapshot is stored yet. The server takes one a day; tag-compliance snapshot --scheduled takes one now.",
} as const;

export function trendSection({ trend }: ComplianceReport): DocumentSection {
  const head = { id: "trend", title: "Trend", facts: [] } as const;
  if (!trend.known)
    return { ...head, paragraphs: [[WHY_NO_TREND[trend.reason]]], charts: [], tables: [] };
  return {
    ...head,
    paragraphs: [directionPhrase(trend)],
    charts: [
      {
        kind: "line",
        title: "Score by day (scheduled snapshots)",
        points: trend.points.map(({ periodStartMs, score, breaks }) => ({
          atMs: periodStartMs,
          value: score,
          breaks,
        })),
      },
    ],
    tables: [
      {
        title: "Score by day",
        columns: [
          { title: "Day", align: "left" },
          { title: "Score", align: "right" },
          { title: "Non-compliant", align: "right" },
        ],
        rows: trend.points
          .filter(({ nonCompliant }) => nonCompliant !== null)
          .map(({ periodStartMs, score, nonCompliant }) => [
            day(periodStartMs),
            share(score),
            nonCompliant === null ? UNKNOWN : count(nonCompliant),
          ]),
        more: 0,
      },
    ],
  };
}

function directionPhrase(trend: Extract<ReportTrend, { readonly known: true }>): Phrase {
  return [
    `Over the last ${trend.days} days: ${trend.direction.replaceAll("_", " ")}`,
    ...(trend.perWeek === null ? [] : [", ", points(trend.perWeek), " percentage points a week"]),
    ". Rests on ",
    count(trend.comparablePoints),
    " comparable scheduled snapshots; ",
    count(trend.gaps),
    " days have none. A change of policy or scope begins the trend anew; ad-hoc scans are not part of it.",
  ];
}
