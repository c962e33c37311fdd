import type { ExportOutput } from "./export-output.ts";
import type { ReportOutput } from "./report-output.ts";

/** Numbers and our own words: the report itself, which quotes tags, stays in the data. */
export function reportText(answer: ReportOutput): string {
  const { compliance_score: score, judged_resources: judged, file } = answer;
  return [
    score === null
      ? "Report without a score: no resource of the scope could be judged."
      : `Report: ${percent(score)} of ${number(judged)} judged resources are compliant, ${number(answer.violation_count)} violations.`,
    answer.non_compliant_cost === undefined
      ? "Costs are unknown: no bill is imported."
      : costLine(answer),
    ...(answer.coverage_complete
      ? []
      : [
          "Parts of the scope could not be read: their resources are unknown; see the section coverage.",
        ]),
    `Data as of ${answer.data_as_of}.`,
    file === undefined
      ? "Next: show content to the user; export_violations_csv has every row."
      : `Next: read ${file.uri} (${file.media_type}, ${number(file.size_bytes)} bytes), or ask for fewer sections to get it here.`,
  ].join("\n");
}

function costLine({ non_compliant_cost: costs }: ReportOutput): string {
  const amounts = (costs ?? []).map(
    ({ amount, currency }) => `${amount} ${plainCurrency(currency)}`,
  );
  return amounts.length === 0
    ? "The bills name no resource of the scope."
    : `Cost of non-compliant resources: ${amounts.join(", ")}.`;
}

export function exportText(answer: ExportOutput): string {
  const { row_count: rows, file } = answer;
  return [
    `${number(rows)} violations in ${file.name} (${number(file.size_bytes)} bytes). The preview shows ${answer.preview.length}.`,
    ...(answer.changed_while_reading
      ? [
          "The inventory changed while the file was written: some rows may be missing or older than others.",
        ]
      : []),
    ...(answer.coverage_complete
      ? []
      : ["Parts of the scope could not be read: their resources are in no row."]),
    `Data as of ${answer.data_as_of}.`,
    `Next: read ${file.uri}, or hand the link to the user.`,
  ].join("\n");
}

function plainCurrency(code: string): string {
  return /^[A-Z]{3}$/.test(code) ? code : "(unknown currency)";
}

/** One decimal, rounded down: 99.96 % must not read as 100 %. */
function percent(value: number): string {
  return `${Math.floor(value * 1000 + 1e-9) / 10} %`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
