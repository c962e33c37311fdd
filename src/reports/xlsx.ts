import {
  type CellValue,
  type ColumnDef,
  type WriteSheet,
  writeXlsx,
  writeXlsxStream,
} from "hucre/xlsx";
import { decimalText } from "../domain/money.ts";
import type { Cell, DocumentSection, Fact, ReportDocument } from "../domain/report/document.ts";
import type { ExportValue } from "../domain/report/export-columns.ts";
import { type CellFormat, phraseText } from "../domain/report/format-cell.ts";
import { cleanText } from "../domain/visible-text.ts";
import type { ExportTable } from "../ports/report-writers.ts";

/** A cell of a spreadsheet takes at most 32,767 UTF-16 code units. */
const MOST_UNITS = 32_000;
/** A double holds so many digits of an amount exactly; longer ones are kept as text. */
const EXACT_DIGITS = 15;

/**
 * An Excel workbook whose memory does not grow with its rows; beyond Excel's 1,048,576 rows it goes on in
 * another sheet. Texts are text cells, which no spreadsheet runs as a formula.
 */
export function xlsxTable({ columns, rows }: ExportTable): AsyncIterable<Uint8Array> {
  return writeXlsxStream(streamed(rows), {
    name: "Violations",
    columns: columns.map((column) => ({ header: column, width: 24 })),
    freezePane: { rows: 1 },
    zip64: true,
  });
}

async function* streamed(rows: ExportTable["rows"]): AsyncGenerator<CellValue[]> {
  for await (const row of rows) yield row.map(toValue);
}

function toValue(value: ExportValue): CellValue {
  if (value === null) return null;
  return typeof value === "string" ? cleanText(value, MOST_UNITS).text : amount(value.decimal);
}

function amount(decimal: string): CellValue {
  return decimal.replaceAll(/\D/g, "").length <= EXACT_DIGITS ? Number(decimal) : decimal;
}

/** A report as a workbook: a sheet a section, numbers as numbers. */
export async function reportWorkbook(
  document: ReportDocument,
  format: CellFormat,
): Promise<Uint8Array> {
  return writeXlsx({
    properties: { title: document.title },
    sheets: document.sections.map((section, at) =>
      sheetOf(section, at === 0 ? document.facts : [], format),
    ),
  });
}

interface SheetRow {
  readonly values: readonly CellValue[];
  readonly formats?: readonly (string | undefined)[];
  readonly heading?: boolean;
}

function sheetOf(
  section: DocumentSection,
  reportFacts: readonly Fact[],
  format: CellFormat,
): WriteSheet {
  const rows: readonly SheetRow[] = [
    ...[...reportFacts, ...section.facts].map((fact) => factRow(fact, format)),
    ...section.paragraphs.map((phrase) => ({ values: [phraseText(phrase, format)] })),
    ...section.tables.flatMap(({ title, columns, rows: body, more }): readonly SheetRow[] => [
      { values: [] },
      { values: [title], heading: true },
      { values: columns.map((column) => column.title), heading: true },
      ...body.map((row) => ({ values: row.map(cellValue), formats: row.map(numberFormat) })),
      ...(more === 0 ? [] : [{ values: ["not listed", more] }]),
    ]),
  ];
  const widest = rows.reduce((most, { values }) => Math.max(most, values.length), 1);
  return {
    name: section.title,
    columns: Array.from({ length: widest }, (_, at): ColumnDef => ({ width: at === 0 ? 44 : 22 })),
    rows: rows.map(({ values }) => [...values]),
    cells: new Map(rows.flatMap((row, at) => styles(row, at))),
  };
}

function factRow({ label, value }: Fact, format: CellFormat): SheetRow {
  const [only, ...others] = value;
  return typeof only === "object" && others.length === 0
    ? { values: [label, cellValue(only)], formats: [undefined, numberFormat(only)] }
    : { values: [label, phraseText(value, format)] };
}

function styles(
  { values, formats, heading }: SheetRow,
  at: number,
): readonly (readonly [string, { style: object }])[] {
  if (heading === true)
    return values.map((_, index) => [`${at},${index}`, { style: { font: { bold: true } } }]);
  return (formats ?? []).flatMap((numFmt, index) =>
    numFmt === undefined ? [] : [[`${at},${index}`, { style: { numFmt } }] as const],
  );
}

function cellValue(cell: Cell): CellValue {
  switch (cell.kind) {
    case "text":
    case "word":
      return cleanText(cell.text, MOST_UNITS).text;
    case "count":
    case "points":
      return cell.value;
    case "share":
      return cell.value ?? "n/a";
    case "money":
      return amount(decimalText(cell.micros));
    case "time":
    case "day":
      return new Date(cell.ms).toISOString();
    case "unknown":
      return "unknown";
    case "none":
      break;
  }
  return null;
}

function numberFormat(cell: Cell): string | undefined {
  if (cell.kind === "share" && cell.value !== null) return "0.0%";
  if (cell.kind === "count") return "#,##0";
  // The currency is in the column's heading or, where rows differ, in the format of the cell itself.
  return cell.kind === "money"
    ? `#,##0.00 "${cell.currency.replaceAll(/[^A-Z]/g, "")}"`
    : undefined;
}
