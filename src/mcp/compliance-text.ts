import { ageText } from "./age-text.ts";
import type { ComplianceOutput } from "./compliance-output.ts";
import { coverageLines } from "./coverage-output.ts";

const LISTED = 5;

/**
 * The compliance answer for readers of text. Counts and enums carry it; a tag or a resource id never
 * appears, so nothing that somebody wrote into a cloud is read as a sentence of ours.
 */
export function complianceText(answer: ComplianceOutput): string {
  return [
    scoreLine(answer),
    countsLine(answer),
    ...cloudLines(answer),
    ...problemLines(answer),
    ...spendLines(answer),
    ...coverageLines(answer.coverage),
    ageText(answer),
    `Next: ${nextCall(answer)}`,
  ].join("\n");
}

function scoreLine(answer: ComplianceOutput): string {
  const { compliance_score: score, compliant_resources: good, coverage } = answer;
  if (score === null) return `No compliance score: ${whyUnscored(answer)}`;
  const judged = good + answer.non_compliant_resources;
  const caveat = coverage.complete ? "" : " The score speaks only for what could be read.";
  return `Compliance: ${percent(score)} (${number(good)} of ${number(judged)} judged resources).${caveat}`;
}

function whyUnscored(answer: ComplianceOutput): string {
  const { coverage, total_resources: total } = answer;
  if (total > 0) return `none of the ${number(total)} resources found could be judged.`;
  if (coverage.cells_total === 0) return "nothing to read was found in this scope.";
  return coverage.complete
    ? "the scope was read completely and holds no resources."
    : "no resource was found, and parts of the scope could not be read.";
}

function countsLine(answer: ComplianceOutput): string {
  const parts = [
    [answer.compliant_resources, "compliant"],
    [answer.non_compliant_resources, "non-compliant"],
    [answer.exempt_resources, "exempt"],
    [answer.unknown_resources, "unknown (tags could not be read)"],
    [answer.out_of_scope_resources, "without an applicable rule"],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, as]) => `${number(count)} ${as}`);
  return `Resources: ${number(answer.total_resources)}${shown.length > 0 ? ` (${shown.join(", ")})` : ""}.`;
}

function cloudLines({ by_cloud: clouds }: ComplianceOutput): readonly string[] {
  if (clouds.length < 2) return [];
  return clouds.map(({ cloud, score, compliant, non_compliant: bad, unknown }) => {
    const shown = score === null ? "no score" : percent(score);
    return `- ${cloud}: ${shown}, ${number(compliant)} compliant, ${number(bad)} non-compliant, ${number(unknown)} unknown`;
  });
}

function spendLines({ spend }: ComplianceOutput): readonly string[] {
  if (spend === null) return [];
  return spend.currencies.map(({ currency, non_compliant: bad, score, matched_share: matched }) => {
    const byCost = score === null ? "no score by cost" : `${percent(score)} compliant by cost`;
    const known =
      matched === null ? "" : `; ${percent(matched)} of billed resources' spend matched`;
    return `Cost in ${spend.month} (${spend.clouds.join(", ")}): ${currency} ${bad} non-compliant, ${byCost}${known}.`;
  });
}

function problemLines(answer: ComplianceOutput): readonly string[] {
  const { violation_count: all, violations, violations_by_kind: kinds } = answer;
  if (all === 0) return ["Violations: none of the chosen severity."];
  return [
    `Violations: ${number(all)}, of which ${number(violations.length)} on this page. Most frequent:`,
    ...kinds
      .slice(0, LISTED)
      .map(({ kind, severity, count }) => `- ${kind} (${severity}): ${number(count)}`),
  ];
}

function nextCall(answer: ComplianceOutput): string {
  const { coverage } = answer;
  const restore =
    "give the missing access or narrow the scope to what can be read, then call again with refresh: true.";
  if (answer.compliance_score === null) {
    return coverage.problem_count > 0
      ? restore
      : "widen the scope, or check the account and region names.";
  }
  if (answer.next_cursor !== null) {
    return "for the next page, call check_tag_compliance with cursor = next_cursor and the same other arguments.";
  }
  if (answer.violation_count > 0) {
    return "call get_tagging_policy for the allowed values before proposing fixes.";
  }
  return coverage.complete ? "nothing to fix in this scope." : restore;
}

/** One decimal, rounded down: 99.96 % must not read as 100 %. */
function percent(share: number): string {
  return `${Math.floor(share * 1000 + 1e-9) / 10} %`;
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}
