import type { CheckComplianceResult } from "../app/check-compliance.ts";
import type { ViolationTally } from "../ports/inventory.ts";
import { VERDICTS, type VerdictCounts } from "../domain/compliance/violation.ts";
import { problemText } from "../domain/scan/problem-text.ts";
import { readableAmount, shareOf } from "../domain/money.ts";
import { count, percent, printable, type Terminal } from "./output.ts";
import { plainTable } from "./plain-table.ts";

const TOP_VIOLATIONS = 10;
const SHOWN_PROBLEMS = 10;

/** The answer as a person reads it: scores, then what breaks, then what could not be read. */
export function renderCompliance(result: CheckComplianceResult, terminal: Terminal): string {
  return [
    cloudTable(result, terminal),
    violationTable(result, terminal),
    exampleLines(result, terminal),
    spendText(result),
    coverageText(result, terminal),
    footer(result, terminal),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function cloudTable(result: CheckComplianceResult, terminal: Terminal): string {
  const table = plainTable(
    ["cloud", "resources", "compliant", "violating", "exempt", "unknown", "score"],
    ["left", "right", "right", "right", "right", "right", "right"],
  );
  for (const { cloud, counts, score } of result.byCloud)
    table.push([cloud, ...countCells(counts), percent(score)]);
  if (result.byCloud.length > 1)
    table.push(
      ["all", ...countCells(result.counts), percent(result.score)].map((cell) =>
        terminal.style("bold", cell),
      ),
    );
  return table.toString();
}

function countCells(counts: VerdictCounts): string[] {
  const total = VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0);
  return [total, counts.compliant, counts.non_compliant, counts.exempt, counts.unknown].map(count);
}

/** What the verdicts weigh in money, where bills are kept. */
function spendText({ spend }: CheckComplianceResult): string {
  if (spend === null) return "";
  const lines = spend.currencies.map(({ currency, nonCompliantMicros, score, match }) => {
    const matched = percent(shareOf(match.matchedMicros, match.billedMicros));
    return `  non-compliant ${currency} ${readableAmount(nonCompliantMicros)}, ${percent(score)} compliant by cost (${count(match.resourcesMatched)} of ${count(match.resourcesBilled)} billed resources known here, ${matched} of their spend)`;
  });
  return [`Cost in ${spend.month}, ${spend.clouds.join(", ")}:`, ...lines].join("\n");
}

function violationTable(result: CheckComplianceResult, terminal: Terminal): string {
  if (result.tally.length === 0) return "No violations.";
  const rows = mergeClouds(result.tally).toSorted(
    (a, b) => a.severity.localeCompare(b.severity) || b.count - a.count,
  );
  const table = plainTable(
    ["violations", "tag", "severity", "count"],
    ["left", "left", "left", "right"],
  );
  for (const row of rows.slice(0, TOP_VIOLATIONS))
    table.push([
      row.kind,
      printable(row.tag),
      terminal.style(row.severity === "error" ? "red" : "yellow", row.severity),
      count(row.count),
    ]);
  const rest = rows.length - TOP_VIOLATIONS;
  return rest > 0 ? `${table.toString()}\n  and ${rest} more kinds` : table.toString();
}

/** The first page of violations, a line each: enough to go and look. */
function exampleLines(
  { violations, violationCount }: CheckComplianceResult,
  terminal: Terminal,
): string {
  if (violations.length === 0) return "";
  const lines = violations.map(({ kind, tag, resourceId, suggestion }) => {
    const meant = suggestion === null ? "" : ` (meant ${printable(suggestion)}?)`;
    return `  ${kind} ${printable(tag)}${meant}  ${terminal.style("dim", printable(resourceId))}`;
  });
  const rest = violationCount - violations.length;
  return [...lines, ...(rest > 0 ? [`  and ${count(rest)} more (--limit, or --json)`] : [])].join(
    "\n",
  );
}

function mergeClouds(tally: readonly ViolationTally[]): readonly Omit<ViolationTally, "cloud">[] {
  const merged = new Map<
    string,
    {
      kind: ViolationTally["kind"];
      tag: string;
      severity: ViolationTally["severity"];
      count: number;
    }
  >();
  for (const { kind, tag, severity, count: found } of tally) {
    const key = `${kind}|${severity}|${tag}`;
    const entry = merged.get(key) ?? { kind, tag, severity, count: 0 };
    entry.count += found;
    merged.set(key, entry);
  }
  return [...merged.values()];
}

function coverageText({ coverage }: CheckComplianceResult, terminal: Terminal): string {
  const read = `Coverage: ${count(coverage.cellsComplete)} of ${count(coverage.cellsTotal)} cells read to the end.`;
  if (coverage.complete) return terminal.style("green", read);
  if (coverage.cellsTotal === 0)
    return terminal.style("yellow", "Coverage: nothing to read was found; there is no score.");
  const lines = coverage.groups
    .slice(0, SHOWN_PROBLEMS)
    .map(
      (group) =>
        `  ${problemText(group, { name: printable })}, ${count(group.resources)} resources read`,
    );
  const rest = coverage.groups.length - lines.length;
  return [
    terminal.style("yellow", `${read} Not counted as compliant, nor as untagged:`),
    ...lines,
    ...(rest > 0 ? [`  and ${count(rest)} more kinds of problem (--json lists them)`] : []),
  ].join("\n");
}

function footer(result: CheckComplianceResult, terminal: Terminal): string {
  const asOf = new Date(result.dataAsOf).toISOString();
  return terminal.style(
    "dim",
    `Data as of ${asOf}. Policy ${result.policyHash.slice(0, 12)}. ${result.scanId}`,
  );
}
