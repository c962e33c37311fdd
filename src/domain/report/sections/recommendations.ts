import { shareOf } from "../../money.ts";
import {
  count,
  type DocumentSection,
  type DocumentTable,
  money,
  type Phrase,
  share,
  NONE,
  text,
  word,
} from "../document.ts";
import type { AllocationFigure, AllocationStep, ComplianceReport, ReportRepair } from "../model.ts";

/** What to do next and what it is worth: money where it is known, then resources. */
export function recommendationsSection(report: ComplianceReport): DocumentSection {
  const { allocation, repairs } = report;
  const paths = allocation.known
    ? allocation.figures.filter(({ steps }) => steps.shown.length > 0)
    : [];
  return {
    id: "recommendations",
    title: "Recommendations",
    facts: [],
    paragraphs:
      repairs.shown.length === 0 && paths.length === 0
        ? [["Nothing to mend was found in what could be read."]]
        : repairs.shown.slice(0, 3).map(repairPhrase),
    charts: [],
    tables: [...paths.map(pathTable), ...(repairs.shown.length > 0 ? [repairTable(report)] : [])],
  };
}

function repairPhrase(repair: ReportRepair): Phrase {
  return [
    "Fix ",
    text(repair.tag),
    " on ",
    count(repair.affected),
    ` resources in ${repair.cloud} account `,
    text(repair.account),
    ": its score ",
    share(repair.accountScore),
    " → ",
    share(repair.accountScoreAfter),
    " (",
    count(repair.repaired),
    " resources become compliant; the others have further errors).",
  ];
}

function repairTable({ repairs }: ComplianceReport): DocumentTable {
  return {
    title: "Tags to mend, each by itself",
    columns: [
      { title: "Tag", align: "left" },
      { title: "Cloud", align: "left" },
      { title: "Account", align: "left" },
      { title: "Resources to fix", align: "right" },
      { title: "Become compliant", align: "right" },
      { title: "Account score now", align: "right" },
      { title: "Account score after", align: "right" },
      { title: "Scope score after", align: "right" },
    ],
    rows: repairs.shown.map((repair) => [
      text(repair.tag),
      word(repair.cloud),
      text(repair.account),
      count(repair.affected),
      count(repair.repaired),
      share(repair.accountScore),
      share(repair.accountScoreAfter),
      share(repair.scopeScoreAfter),
    ]),
    more: repairs.more,
  };
}

const ACTS = {
  account_default: "Give the account's unallocated spend to one value",
  parent: "Tag the parent, or all of its members",
  ignore_case: "Set case_sensitive: false in the policy",
  value: "Replace a wrong value",
} as const satisfies Readonly<Record<AllocationStep["kind"], string>>;

function pathTable(figure: AllocationFigure): DocumentTable {
  const { steps, currency, clouds, target, allocatedMicros, taggableMicros } = figure;
  const now = shareOf(allocatedMicros, taggableMicros);
  return {
    title: `Path to ${Math.round(target * 100)} % allocated (${clouds.join(", ")}, ${currency})`,
    columns: [
      { title: "Step", align: "left" },
      { title: "Where", align: "left" },
      { title: "Set to", align: "left" },
      { title: "Spend gained", align: "right" },
      { title: "Allocated of taggable spend", align: "right" },
    ],
    rows: [
      [word("Now"), NONE, NONE, NONE, share(now)],
      ...steps.shown.map((step) => [
        word(ACTS[step.kind]),
        text(step.where),
        step.setTo === null ? NONE : text(step.setTo),
        money(step.gainMicros, currency),
        share(step.shareAfter),
      ]),
    ],
    more: steps.more,
  };
}
