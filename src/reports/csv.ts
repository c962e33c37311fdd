import { writeCsv, writeCsvStream } from "hucre/csv";
import type { ReportDocument } from "../domain/report/document.ts";
import type { ExportValue } from "../domain/report/export-columns.ts";
import { FLAT_COLUMNS, flatRows } from "../domain/report/flat-rows.ts";
import type { CellFormat } from "../domain/report/format-cell.ts";
import { spreadsheetText } from "../domain/report/spreadsheet-text.ts";
import { cleanText } from "../domain/visible-text.ts";
import type { ExportTable } from "../ports/report-writers.ts";

/** Longest text of one cell; spreadsheets take at most 32,767 UTF-16 code units. */
const MOST_UNITS = 32_000;

const FORM = { bom: true, lineSeparator: "\r\n", headers: false } as const;
const UTF8 = new TextEncoder();

/**
 * CSV that spreadsheets open as it is meant: UTF-8 with its mark, CRLF, and text that they would run as a
 * formula behind an apostrophe.
 * @see RFC 4180
 */
export function csvTable({ columns, rows }: ExportTable): AsyncIterable<Uint8Array> {
  return writeCsvStream(cells(columns, rows), FORM);
}

/** A report as one rectangle: a row a value, numbers as machines read them. */
export function reportCsv(document: ReportDocument, format: CellFormat): Uint8Array {
  const rows = [...flatRows(document, format)].map(
    ({ section, table, row, column, value, unit }) => [
      section,
      spreadsheetText(table),
      row,
      spreadsheetText(column),
      unit === "text" ? spreadsheetText(value) : value,
      spreadsheetText(unit),
    ],
  );
  return UTF8.encode(writeCsv([[...FLAT_COLUMNS], ...rows], FORM));
}

async function* cells(
  columns: readonly string[],
  rows: ExportTable["rows"],
): AsyncGenerator<(string | null)[]> {
  yield [...columns];
  for await (const row of rows) yield row.map(toCell);
}

function toCell(value: ExportValue): string | null {
  if (typeof value === "string") return spreadsheetText(cleanText(value, MOST_UNITS).text);
  return value === null ? null : value.decimal;
}
