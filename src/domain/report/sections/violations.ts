import {
  type Column,
  count,
  type DocumentSection,
  type DocumentTable,
  money,
  text,
  word,
} from "../document.ts";
import type { ComplianceReport } from "../model.ts";
import { currenciesOf, spendCells } from "./words.ts";

export function violationsSection(report: ComplianceReport): DocumentSection {
  const byMoney = report.spend !== null;
  return {
    id: "violations",
    title: "Top violations",
    facts: [],
    paragraphs: [
      byMoney
        ? [
            "Ordered by the share of what resources cost, in its currency, that a violation is found on. A resource with several violations counts in each: the amounts do not add up.",
          ]
        : ["Ordered by count, because costs are unknown."],
    ],
    charts: [],
    tables: [
      problemTable(report),
      ...(report.offenders.shown.length > 0 ? [offenderTable(report)] : []),
    ],
  };
}

function problemTable(report: ComplianceReport): DocumentTable {
  const currencies = currenciesOf(report);
  const left = (title: string): Column => ({ title, align: "left" });
  return {
    title: "Violations by kind and tag",
    columns: [
      left("Tag"),
      left("Violation"),
      left("Severity"),
      left("Cloud"),
      { title: "Violations", align: "right" },
      ...currencies.map((currency): Column => ({ title: `Cost (${currency})`, align: "right" })),
    ],
    rows: report.problems.shown.map((problem) => [
      text(problem.tag),
      word(problem.kind.replaceAll("_", " ")),
      word(problem.severity),
      word(problem.cloud),
      count(problem.count),
      ...spendCells(problem.spend, problem.cloud, report),
    ]),
    more: report.problems.more,
  };
}

function offenderTable({ offenders, spend }: ComplianceReport): DocumentTable {
  return {
    title: "Most expensive non-compliant resources",
    columns: [
      { title: "Resource", align: "left" },
      { title: "Cloud", align: "left" },
      { title: "Account", align: "left" },
      { title: "Type", align: "left" },
      { title: `Cost in ${spend?.month ?? ""}`, align: "right" },
    ],
    rows: offenders.shown.map((one) => [
      text(one.resourceId),
      word(one.cloud),
      text(one.account),
      text(one.resourceType),
      money(one.micros, one.currency),
    ]),
    more: offenders.more,
  };
}
