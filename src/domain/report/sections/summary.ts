import { VERDICTS } from "../../compliance/violation.ts";
import { shareOf } from "../../money.ts";
import {
  count,
  type DocumentSection,
  type DocumentTable,
  type Fact,
  money,
  type Phrase,
  share,
  time,
  UNKNOWN,
  word,
} from "../document.ts";
import type { AllocationFigure, ComplianceReport, NoAllocation } from "../model.ts";
import { judgedOf } from "./words.ts";

/** Spend first where it is known; what is not known says so. */
export function summarySection(report: ComplianceReport): DocumentSection {
  return {
    id: "summary",
    title: "Executive summary",
    facts: [...allocationFacts(report), ...spendFacts(report), ...countFacts(report)],
    paragraphs: caveats(report),
    charts: [],
    tables: waterfalls(report),
  };
}

function allocationFacts({ allocation }: ComplianceReport): readonly Fact[] {
  if (!allocation.known) return [];
  return allocation.figures.flatMap((figure) => [
    {
      label: `Allocated spend (${figure.clouds.join(", ")}, ${allocation.from} to ${allocation.to})`,
      value: figure.measurable ? allocatedPhrase(figure) : unmeasurablePhrase(figure),
    },
    {
      label: `Bill written (${figure.clouds.join(", ")}, ${figure.currency})`,
      value: [figure.asOfMs === null ? UNKNOWN : time(figure.asOfMs)],
    },
  ]);
}

function allocatedPhrase(figure: AllocationFigure): Phrase {
  const { allocatedMicros, taggableMicros, totalMicros, currency } = figure;
  return [
    money(allocatedMicros, currency),
    ": ",
    share(shareOf(allocatedMicros, taggableMicros)),
    " of ",
    money(taggableMicros, currency),
    " taggable spend, ",
    share(shareOf(allocatedMicros, totalMicros)),
    " of ",
    money(totalMicros, currency),
    " in all",
  ];
}

function unmeasurablePhrase({ totalMicros, currency }: AllocationFigure): Phrase {
  return [
    "unknown: the bill of ",
    money(totalMicros, currency),
    " does not carry the allocation tags (get_cost_attribution_gap says why)",
  ];
}

function spendFacts({ spend }: ComplianceReport): readonly Fact[] {
  return (spend?.currencies ?? []).map((one) => ({
    label: `Cost of non-compliant resources (${spend?.month ?? ""}, ${spend?.clouds.join(", ") ?? ""})`,
    value: [
      money(one.nonCompliantMicros, one.currency),
      "; ",
      share(one.score),
      " of ",
      money(one.compliantMicros + one.nonCompliantMicros, one.currency),
      " that judged resources cost is compliant. Matched with the inventory: ",
      share(shareOf(one.matchedMicros, one.billedMicros)),
      " of ",
      money(one.billedMicros, one.currency),
      " billed to resources",
    ],
  }));
}

function countFacts(report: ComplianceReport): readonly Fact[] {
  const { counts, score } = report;
  const left: readonly (readonly [number, string])[] = [
    [counts.exempt, "exempt"],
    [counts.unknown, "unknown (tags could not be read)"],
    [counts.out_of_scope, "without a rule that applies"],
  ];
  return [
    { label: "Score", value: score === null ? [whyNoScore(report)] : scorePhrase(report) },
    {
      label: "Not in the score",
      value: left.flatMap(([number, what], at) => [
        at === 0 ? "" : ", ",
        count(number),
        ` ${what}`,
      ]),
    },
    { label: "Violations", value: [count(report.violationCount)] },
  ];
}

function scorePhrase(report: ComplianceReport): Phrase {
  return [
    share(report.score),
    " (",
    count(report.counts.compliant),
    " of ",
    count(judgedOf(report)),
    " judged resources)",
  ];
}

function whyNoScore({ counts, coverage }: ComplianceReport): string {
  if (VERDICTS.some((verdict) => counts[verdict] > 0))
    return "none: no resource that was found could be judged";
  return coverage.complete
    ? "none: the scope was read completely and holds no resource"
    : "none: no resource was found, and parts of the scope could not be read";
}

const WHY_NO_MONEY = {
  no_cost_data:
    "Allocated spend is unknown: no imported bill holds last month. Import one (tag-compliance cost import), or call get_cost_attribution_gap, whose answer is kept for some hours.",
  not_readable: "Allocated spend is unknown: the bills could not be read.",
} as const satisfies Readonly<Record<NoAllocation, string>>;

function caveats({ allocation, spend, coverage }: ComplianceReport): readonly Phrase[] {
  const phrases: Phrase[] = [];
  if (!allocation.known) phrases.push([WHY_NO_MONEY[allocation.reason]]);
  else if (allocation.cloudsWithout.length > 0)
    phrases.push([`The bill is unknown for: ${allocation.cloudsWithout.join(", ")}.`]);
  if (spend === null)
    phrases.push([
      "What resources cost is unknown: no bill of a whole month is imported. Problems are ordered by count.",
    ]);
  if (!coverage.complete)
    phrases.push([
      "The report speaks only for what could be read: ",
      count(coverage.cellsComplete),
      " of ",
      count(coverage.cellsTotal),
      " cells (account, region and type) were read to their end.",
    ]);
  return phrases;
}

const BUCKETS: Readonly<Record<string, string>> = {
  allocated: "Allocated",
  gap_missing_or_empty: "Tag missing or empty",
  gap_invalid_value: "Value not allowed",
  exempt: "Exempt",
  no_resource_id: "No resource behind the charge",
  not_taggable_charge: "Charges no tag can reach",
};

function waterfalls({ allocation }: ComplianceReport): readonly DocumentTable[] {
  if (!allocation.known) return [];
  return allocation.figures
    .filter(({ measurable }) => measurable)
    .map(({ buckets, clouds, currency, totalMicros, confidence }) => ({
      title: `Where the bill of ${clouds.join(", ")} goes (${currency}, confidence ${confidence})`,
      columns: [
        { title: "Part", align: "left" },
        { title: "Amount", align: "right" },
        { title: "Share of all spend", align: "right" },
      ],
      rows: buckets.map(({ bucket, micros }) => [
        word(BUCKETS[bucket] ?? bucket),
        money(micros, currency),
        share(shareOf(micros, totalMicros)),
      ]),
      more: 0,
    }));
}
