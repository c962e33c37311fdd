import {
  day,
  type DocumentSection,
  type Fact,
  type Phrase,
  type ReportDocument,
  text,
  time,
} from "./document.ts";
import type { ComplianceReport, ReportSection } from "./model.ts";
import { breakdownSection } from "./sections/breakdown.ts";
import { coverageSection } from "./sections/coverage.ts";
import { accountsSection, teamsSection } from "./sections/groups.ts";
import { recommendationsSection } from "./sections/recommendations.ts";
import { summarySection } from "./sections/summary.ts";
import { trendSection } from "./sections/trend.ts";
import { violationsSection } from "./sections/violations.ts";

const SECTIONS = {
  summary: summarySection,
  recommendations: recommendationsSection,
  violations: violationsSection,
  teams: teamsSection,
  accounts: accountsSection,
  breakdown: breakdownSection,
  trend: trendSection,
  coverage: coverageSection,
} as const satisfies Readonly<Record<ReportSection, (report: ComplianceReport) => DocumentSection>>;

/** The words, tables and charts of a report. */
export function toDocument(
  report: ComplianceReport,
  sections: readonly ReportSection[],
): ReportDocument {
  return {
    title: "Tag compliance report",
    facts: factsOf(report),
    sections: sections.map((section) => SECTIONS[section](report)),
  };
}

function factsOf(report: ComplianceReport): readonly Fact[] {
  const { scope } = report;
  return [
    { label: "Scope", value: scopePhrase(scope) },
    { label: "Tags as of", value: [time(report.dataAsOfMs)] },
    ...(report.spend === null
      ? []
      : [
          {
            label: "Costs of",
            value: [day(Date.parse(`${report.spend.month}-01`)), " to the end of that month"],
          },
        ]),
    { label: "Policy", value: [text(report.policyHash.slice(0, 12))] },
    { label: "Scan", value: [text(report.scanId)] },
    { label: "Written", value: [time(report.generatedAtMs)] },
  ];
}

const LISTED = 10;

function scopePhrase({
  clouds,
  accounts,
  regions,
  resourceTypes,
}: ComplianceReport["scope"]): Phrase {
  const named = (what: string, names: readonly string[]): Phrase =>
    names.length === 0
      ? []
      : [
          `; ${what} `,
          ...names.slice(0, LISTED).flatMap((name, at) => [at === 0 ? "" : ", ", text(name)]),
          ...(names.length > LISTED
            ? [" and ", { kind: "count" as const, value: names.length - LISTED }, " more"]
            : []),
        ];
  return [
    clouds.length === 0 ? "every configured cloud" : clouds.join(", "),
    ...named("accounts", accounts),
    ...named("regions", regions),
    ...named("types", resourceTypes),
  ];
}
