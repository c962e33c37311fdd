import {
  type BarChart,
  type Cell,
  type Column,
  count,
  type DocumentSection,
  type DocumentTable,
  type Phrase,
  share,
  text,
  word,
} from "../document.ts";
import type { ComplianceReport, Listed, ReportGroup } from "../model.ts";
import { currenciesOf, judgedOf, spendCells } from "./words.ts";

const BARS = 12;

export function teamsSection(report: ComplianceReport): DocumentSection {
  const { teams } = report;
  const head = { id: "teams", title: "Teams", facts: [] } as const;
  if (teams === null)
    return {
      ...head,
      paragraphs: [
        [
          "No tag of the policy names teams. Set costs.team_tag in the configuration to one that does.",
        ],
      ],
      charts: [],
      tables: [],
    };
  return {
    ...head,
    paragraphs: [
      [
        "By the value of ",
        text(teams.tag),
        ". Not in any team: ",
        count(teams.unreadable),
        " resources whose tags are unknown.",
      ],
    ],
    charts: scoreBars("Score by team", teams.groups.shown, (one) => [teamName(one)]),
    tables: [
      groupTable("Teams", teams.groups, report, {
        first: ["Team"],
        named: (one) => [teamName(one)],
      }),
    ],
  };
}

export function accountsSection(report: ComplianceReport): DocumentSection {
  const { accounts } = report;
  return {
    id: "accounts",
    title: "Accounts",
    facts: [],
    paragraphs: accounts.shown.length === 0 ? [["No resource was found in any account."]] : [],
    charts: scoreBars("Score by account", accounts.shown, (one) => [
      `${one.cloud ?? ""} `,
      text(one.name ?? ""),
    ]),
    tables: [
      groupTable("Accounts, subscriptions and projects", accounts, report, {
        first: ["Cloud", "Account"],
        named: (one) => [word(one.cloud ?? ""), text(one.name ?? "")],
      }),
    ],
  };
}

function teamName({ name }: ReportGroup): Cell {
  return name === null ? word("(no value)") : text(name);
}

export interface GroupNames {
  readonly first: readonly string[];
  readonly named: (group: ReportGroup) => readonly Cell[];
}

/** Groups with their score, its denominator, and what of their spend is non-compliant. */
export function groupTable(
  title: string,
  groups: Listed<ReportGroup>,
  report: ComplianceReport,
  { first, named }: GroupNames,
): DocumentTable {
  const withSpend = groups.shown.some(({ spend }) => spend.length > 0);
  const costs = ({ spend, cloud }: ReportGroup): readonly Cell[] =>
    spendCells(
      spend.map(({ currency, nonCompliantMicros: micros }) => ({ currency, micros })),
      cloud,
      report,
    );
  const right = (name: string): Column => ({ title: name, align: "right" });
  return {
    title,
    columns: [
      ...first.map((name): Column => ({ title: name, align: "left" })),
      right("Score"),
      right("Compliant"),
      right("Judged"),
      right("Non-compliant"),
      right("Unknown"),
      ...(withSpend
        ? currenciesOf(report).map((currency) => right(`Non-compliant cost (${currency})`))
        : []),
    ],
    rows: groups.shown.map((group) => [
      ...named(group),
      share(group.score),
      count(group.counts.compliant),
      count(judgedOf(group)),
      count(group.counts.non_compliant),
      count(group.counts.unknown),
      ...(withSpend ? costs(group) : []),
    ]),
    more: groups.more,
  };
}

export function scoreBars(
  title: string,
  groups: readonly ReportGroup[],
  labelOf: (group: ReportGroup) => Phrase,
): readonly BarChart[] {
  const scored = groups.filter(({ score }) => score !== null).slice(0, BARS);
  if (scored.length === 0) return [];
  return [
    {
      kind: "bars",
      title:
        groups.length > scored.length ? `${title} (most non-compliant resources first)` : title,
      bars: scored.map((group) => ({
        label: labelOf(group),
        length: group.score ?? 0,
        value: share(group.score),
      })),
    },
  ];
}
