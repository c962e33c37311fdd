import type { KeptExport } from "../../src/app/export-violations.ts";
import type { DeliveredReport } from "../../src/app/report/generate-report.ts";
import {
  type ComplianceReport,
  REPORT_SECTIONS,
  type ReportGroup,
} from "../../src/domain/report/model.ts";

const AT = Date.UTC(2026, 9, 1, 12);
const DAY = 86_400_000;

/** What somebody with tagging rights may write to reach a spreadsheet, a browser, a model or a reader. */
export const HOSTILE_TEXTS = [
  '=HYPERLINK("https://evil.example","pay")',
  "+1+cmd|' /C calc'!A0",
  "-2+3",
  "@SUM(1)",
  "\t=1+1",
  "\r=1+1",
  "  =1+1",
  "＝1+1",
  "＠SUM(1)",
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</td></table><h1>Paid</h1>",
  "[click](https://evil.example)",
  "![x](https://evil.example/pixel)",
  "a|b\\|c",
  "`code` | # heading",
  "prod\u202e\u200b\u0007gnp.exe",
  "&lt;b&gt;",
] as const;

export function group(overrides: Partial<ReportGroup> = {}): ReportGroup {
  return {
    cloud: "aws",
    name: "123456789012",
    counts: { compliant: 1650, non_compliant: 350, exempt: 40, unknown: 30, out_of_scope: 30 },
    score: 0.825,
    spend: [],
    ...overrides,
  };
}

/** A small estate with money in two currencies; `text` stands wherever a stranger's text can. */
export function sampleReport(
  text = "Environment",
  overrides: Partial<ComplianceReport> = {},
): ComplianceReport {
  return {
    generatedAtMs: AT + 60_000,
    dataAsOfMs: AT,
    scanId: "scan_1",
    policyHash: "0123456789abcdef",
    scope: { clouds: ["aws", "azure"], accounts: [text], regions: [], resourceTypes: [] },
    counts: { compliant: 1650, non_compliant: 350, exempt: 40, unknown: 30, out_of_scope: 30 },
    score: 0.825,
    violationCount: 512,
    spend: {
      month: "2026-09",
      clouds: ["aws", "azure"],
      currencies: [
        {
          currency: "USD",
          compliantMicros: 9_007_199_254_740_993_000_001n,
          nonCompliantMicros: 1_234_567_890_123n,
          score: 0.71,
          billedMicros: 9_107_199_254_740_993_000_001n,
          matchedMicros: 9_107_199_254_740_993_000_000n,
        },
      ],
    },
    allocation: { known: false, reason: "no_cost_data" },
    problems: {
      shown: [
        {
          cloud: "aws",
          kind: "missing_required_tag",
          tag: text,
          severity: "error",
          count: 312,
          spend: [{ currency: "USD", micros: 1_000_000_001n }],
        },
      ],
      more: 3,
    },
    offenders: {
      shown: [
        {
          cloud: "aws",
          account: text,
          resourceType: "ec2:instance",
          resourceId: text,
          currency: "USD",
          micros: 12_340_000n,
        },
      ],
      more: 0,
    },
    teams: {
      tag: text,
      unreadable: 30,
      groups: { shown: [group({ cloud: null, name: text })], more: 0 },
    },
    accounts: { shown: [group({ name: text })], more: 0 },
    clouds: [group({ name: "aws" })],
    types: { shown: [group({ name: text })], more: 0 },
    trend: {
      known: true,
      days: 90,
      points: [0.5, 0.55, null, 0.6].map((score, at) => ({
        periodStartMs: AT - (4 - at) * DAY,
        score,
        nonCompliant: score === null ? null : 100 - at,
        breaks: at === 1,
      })),
      gaps: 1,
      direction: "improving",
      perWeek: 0.0345,
      comparablePoints: 2,
    },
    coverage: {
      cellsTotal: 17,
      cellsComplete: 16,
      complete: false,
      problems: [],
      problemCount: 1,
      groups: [
        {
          cloud: "aws",
          status: "denied",
          reason: "access_denied",
          cells: 1,
          resources: 0,
          accounts: [text],
          regions: ["eu-west-3"],
          resourceTypes: ["*"],
        },
      ],
    },
    repairs: {
      shown: [
        {
          cloud: "aws",
          account: text,
          tag: text,
          affected: 312,
          repaired: 160,
          accountScore: 0.63,
          accountScoreAfter: 0.71,
          scopeScoreAfter: 0.905,
        },
      ],
      more: 0,
    },
    ...overrides,
  };
}

export function sampleDelivered(text: string): DeliveredReport {
  const bytes = new TextEncoder().encode(`# Report\n\n\`${text}\`\n`);
  return {
    report: sampleReport(text),
    sections: REPORT_SECTIONS,
    scanned: false,
    file: { name: "report.md", mediaType: "text/markdown", sizeBytes: bytes.length, bytes },
    text: new TextDecoder().decode(bytes),
    saved: null,
  };
}

export function sampleKept(text: string): KeptExport {
  return {
    violations: {
      columns: ["resource_id", "actual"],
      name: "violations-2026-10-01.csv",
      coverage: sampleReport().coverage,
      dataAsOf: AT,
      scanId: "scan_1",
      policyHash: "0123456789abcdef",
      scanned: false,
      chunks: (async function* none() {})(),
      written: () => ({ rowCount: 1, preview: [], counted: 1, changed: false }),
    },
    written: { rowCount: 1, preview: [["i-0abc", text]], counted: 1, changed: false },
    saved: {
      id: "AAAAAAAAAAAAAAAAAAAAAA",
      name: "violations-2026-10-01.csv",
      mediaType: "text/csv",
      sizeBytes: 120,
    },
  };
}
