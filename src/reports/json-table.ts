import type { ExportValue } from "../domain/report/export-columns.ts";
import { visibleJson } from "../domain/visible-text.ts";
import type { ExportTable } from "../ports/report-writers.ts";

const ROWS_PER_CHUNK = 500;

/** A JSON array with an object a row, one a line. Texts are exact; what cannot be seen stands escaped. */
export async function* jsonTable({ columns, rows }: ExportTable): AsyncGenerator<Uint8Array> {
  const utf8 = new TextEncoder();
  let waiting: string[] = [];
  let isFirst = true;
  yield utf8.encode("[");
  for await (const row of rows) {
    const object = Object.fromEntries(
      columns.map((column, at) => [column, plain(row[at] ?? null)]),
    );
    waiting.push(`${isFirst ? "" : ","}\n${visibleJson(object)}`);
    isFirst = false;
    if (waiting.length < ROWS_PER_CHUNK) continue;
    yield utf8.encode(waiting.join(""));
    waiting = [];
  }
  yield utf8.encode(`${waiting.join("")}\n]\n`);
}

/** Amounts as text, because a JSON number may not hold them exactly. */
function plain(value: ExportValue): string | null {
  return typeof value === "object" && value !== null ? value.decimal : value;
}
