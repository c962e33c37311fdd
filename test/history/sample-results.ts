import type { DetectTagDriftResult } from "../../src/app/tag-drift/detect-tag-drift.ts";
import type { ViolationHistoryResult } from "../../src/app/violation-history.ts";
import { summarizeCoverage } from "../../src/domain/scan/coverage.ts";

const DAY = 86_400_000;
const TO = Date.UTC(2026, 9, 1, 12);

/** A history of four days, one of them without a snapshot, judged by a new policy on the last. */
export const sampleHistory: ViolationHistoryResult = {
  points: [0.8, null, 0.81, 0.7].map((score, at) => ({
    periodStart: Date.UTC(2026, 8, 28 + at),
    snapshot:
      score === null
        ? null
        : {
            scanId: `scan_${at}`,
            kind: "scheduled",
            takenAt: Date.UTC(2026, 8, 28 + at, 2),
            counts: {
              compliant: score * 1000,
              non_compliant: 1000 - score * 1000,
              exempt: 3,
              unknown: 2,
              out_of_scope: 1,
              errors: 400,
              warnings: 20,
            },
            score,
            tagViolations: null,
            cellsTotal: 17,
            cellsComplete: at === 3 ? 16 : 17,
            policyHash: at === 3 ? "new" : "old",
            policyChanged: at === 3,
            scopeChanged: false,
          },
  })),
  gaps: 1,
  snapshotCount: 3,
  trend: {
    direction: "insufficient_data",
    perWeek: null,
    points: 1,
    days: 0,
    notComparable: 2,
  },
  tagKinds: [],
  from: TO - 30 * DAY,
  to: TO,
  beyondRetention: null,
};

/** A required tag with a hostile value was removed, in a place that is read completely. */
export function sampleDrift(hostile: string): DetectTagDriftResult {
  const coverage = summarizeCoverage([
    {
      cell: { cloud: "aws", account: "123456789012", region: "eu-west-3", resourceType: "*" },
      status: "denied",
      reason: "access_denied",
      resources: 0,
    },
  ]);
  return {
    baseline: {
      scanId: "scan_0",
      snapshot: "scheduled",
      startedAt: TO - 7 * DAY,
      coverage,
      asOldAsAsked: true,
    },
    latest: { scanId: "scan_3", snapshot: null, startedAt: TO, coverage },
    tally: {
      total: 1,
      byKind: { added: 0, removed: 1, changed: 0, renamed: 0 },
      bySeverity: { critical: 1, error: 0, warning: 0, info: 0 },
      byTag: [{ tag: hostile, count: 1 }],
      byAccount: [{ cloud: "aws", account: "123456789012", count: 1 }],
    },
    resources: { gone: 2, returned: 0, appeared: 5, changedElsewhere: 3 },
    changes: [
      {
        drift: {
          kind: "removed",
          severity: "critical",
          key: hostile,
          oldKey: null,
          tag: "Environment",
          from: hostile,
          to: null,
          afterMs: TO - DAY,
          seenMs: TO,
          no: 1,
        },
        resourceId: "arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc",
        place: {
          id: 1,
          cloud: "aws",
          account: "123456789012",
          region: "eu-west-1",
          resourceType: "ec2:instance",
        },
        actor: null,
      },
    ],
    nextCursor: null,
    policyHash: "0123456789abcdef",
    scanned: false,
  };
}
