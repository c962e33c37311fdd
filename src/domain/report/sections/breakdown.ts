import { type DocumentSection, text, word } from "../document.ts";
import type { ComplianceReport } from "../model.ts";
import { groupTable } from "./groups.ts";

export function breakdownSection(report: ComplianceReport): DocumentSection {
  const clouds = { shown: report.clouds, more: 0 };
  return {
    id: "breakdown",
    title: "Clouds and resource types",
    facts: [],
    paragraphs: [],
    charts: [],
    tables: [
      groupTable("Clouds", clouds, report, {
        first: ["Cloud"],
        named: ({ name }) => [word(name ?? "")],
      }),
      groupTable("Resource types", report.types, report, {
        first: ["Cloud", "Type"],
        named: ({ cloud, name }) => [word(cloud ?? ""), text(name ?? "")],
      }),
    ],
  };
}
