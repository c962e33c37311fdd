import type { Cell, Phrase, ReportDocument } from "./document.ts";
import { type CellFormat, machineValue, phraseText } from "./format-cell.ts";

/** One value of a report. */
export interface FlatValue {
  readonly section: string;
  readonly table: string;
  /** 1-based; what belongs together has the same. */
  readonly row: number;
  readonly column: string;
  readonly value: string;
  readonly unit: string;
}

export const FLAT_COLUMNS = ["section", "table", "row", "column", "value", "unit"] as const;

/** Every value of a report as a row of its own: a rectangle, whatever tables the report has. */
export function* flatRows(document: ReportDocument, format: CellFormat): Generator<FlatValue> {
  const flat = ({ label, value }: { label: string; value: Phrase }, at: number) => ({
    row: at + 1,
    column: label,
    ...flatPhrase(value, format),
  });
  for (const [at, fact] of document.facts.entries())
    yield { section: "report", table: "facts", ...flat(fact, at) };
  for (const { id, facts, tables, paragraphs } of document.sections) {
    for (const [at, fact] of facts.entries())
      yield { section: id, table: "facts", ...flat(fact, at) };
    for (const [at, paragraph] of paragraphs.entries())
      yield { section: id, table: "notes", ...flat({ label: "note", value: paragraph }, at) };
    for (const { title, columns, rows, more } of tables) {
      for (const [at, row] of rows.entries())
        for (const [index, cell] of row.entries())
          yield {
            section: id,
            table: title,
            row: at + 1,
            column: columns[index]?.title ?? "",
            ...machineValue(cell),
          };
      if (more > 0)
        yield {
          section: id,
          table: title,
          row: rows.length + 1,
          column: "not listed",
          ...machineValue({ kind: "count", value: more }),
        };
    }
  }
}

/** A phrase that is one number is that number; a sentence is text. */
function flatPhrase(
  phrase: Phrase,
  format: CellFormat,
): { readonly value: string; readonly unit: string } {
  const [only, ...others] = phrase;
  const isCell = (part: string | Cell | undefined): part is Cell => typeof part === "object";
  return isCell(only) && others.length === 0
    ? machineValue(only)
    : { value: phraseText(phrase, format), unit: "text" };
}
