import { decimalText } from "../money.ts";
import { visibleJson } from "../visible-text.ts";
import { type ComplianceReport, REPORT_SECTIONS, type ReportSection } from "./model.ts";

/** Fields of the model that each section shows; all others are in every report. */
const FIELDS_OF = {
  summary: ["allocation", "spend"],
  recommendations: ["repairs"],
  violations: ["problems", "offenders"],
  teams: ["teams"],
  accounts: ["accounts"],
  breakdown: ["clouds", "types"],
  trend: ["trend"],
  coverage: ["coverage"],
} as const satisfies Readonly<Record<ReportSection, readonly (keyof ComplianceReport)[]>>;

/**
 * The model itself: names in snake_case, amounts as exact decimal text without `_micros`, times as
 * ISO 8601. Texts are as the clouds have them, with what cannot be seen escaped.
 */
export function reportJson(report: ComplianceReport, sections: readonly ReportSection[]): string {
  const hidden = new Set(
    REPORT_SECTIONS.filter((section) => !sections.includes(section)).flatMap(
      (section): readonly string[] => FIELDS_OF[section],
    ),
  );
  const shown = Object.entries(report).filter(([name]) => !hidden.has(name));
  return `${visibleJson(plain(Object.fromEntries(shown)), 2)}\n`;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => field(name, part)));
}

function field(name: string, value: unknown): [string, unknown] {
  if (typeof value === "bigint")
    return [snake(name.replace(/Micros$|^micros$/, "Amount")), decimalText(value)];
  if (typeof value === "number" && name.endsWith("Ms"))
    return [snake(name.slice(0, -2)), new Date(value).toISOString()];
  return [snake(name), plain(value)];
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, "");
}
