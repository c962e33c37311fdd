import { count, type DocumentSection, text, word } from "../document.ts";
import type { ComplianceReport } from "../model.ts";

const NAMES = 5;

/** What the report cannot speak for, and why. */
export function coverageSection({ coverage }: ComplianceReport): DocumentSection {
  const { cellsTotal, cellsComplete, groups, complete } = coverage;
  return {
    id: "coverage",
    title: "Coverage",
    facts: [
      {
        label: "Read to the end",
        value: [
          count(cellsComplete),
          " of ",
          count(cellsTotal),
          " cells (account, region and type)",
        ],
      },
    ],
    paragraphs: complete ? [["Everything in scope could be read."]] : [unreadPhrase(cellsTotal)],
    charts: [],
    tables:
      groups.length === 0
        ? []
        : [
            {
              title: "What could not be read",
              columns: [
                { title: "Cloud", align: "left" },
                { title: "Status", align: "left" },
                { title: "Reason", align: "left" },
                { title: "Cells", align: "right" },
                { title: "Accounts", align: "left" },
                { title: "Regions", align: "left" },
                { title: "Types", align: "left" },
              ],
              rows: groups.map((group) => [
                word(group.cloud),
                word(group.status.replaceAll("_", " ")),
                word(group.reason.replaceAll("_", " ")),
                count(group.cells),
                text(names(group.accounts)),
                text(names(group.regions)),
                text(names(group.resourceTypes)),
              ]),
              more: 0,
            },
          ],
  };
}

function unreadPhrase(cellsTotal: number): readonly string[] {
  return cellsTotal === 0
    ? ["Nothing to read was found in this scope."]
    : ["Resources of what could not be read are unknown: neither compliant nor untagged."];
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, NAMES).join(", ");
  return all.length > NAMES ? `${shown} and ${all.length - NAMES} more` : shown;
}
