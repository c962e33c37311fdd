import type { Cell, Phrase } from "../../domain/report/document.ts";
import { type CellFormat, machineValue } from "../../domain/report/format-cell.ts";
import { escapeHtml } from "./escape.ts";

/** Writes phrases as HTML. Each number carries its exact value for machines. */
export type WritePhrase = (phrase: Phrase) => string;

export function phraseWriter(format: CellFormat): WritePhrase {
  return (phrase) =>
    phrase
      .map((part) => (typeof part === "string" ? escapeHtml(part) : writeCell(part, format)))
      .join("");
}

function writeCell(cell: Cell, format: CellFormat): string {
  const shown = escapeHtml(format(cell));
  const { value } = machineValue(cell);
  switch (cell.kind) {
    case "text":
      return `<bdi>${shown}</bdi>`;
    case "word":
    case "none":
      return shown;
    case "unknown":
      return `<span class="unknown">${shown}</span>`;
    case "time":
    case "day":
      return `<time datetime="${escapeHtml(value)}">${shown}</time>`;
    case "count":
    case "share":
    case "points":
    case "money":
      break;
  }
  return `<data value="${escapeHtml(value)}" class="${cell.kind}">${shown}</data>`;
}
