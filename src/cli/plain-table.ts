import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import { terminalWidth } from "./output.ts";
import { wrapCell } from "./wrap-cell.ts";

type Align = "left" | "right";

export interface PlainTable {
  readonly length: number;
  push(...rows: readonly (readonly string[])[]): void;
  toString(): string;
}

const GUTTER = 2;
/** Narrower, a column of text says nothing. */
const MIN_TEXT_COLUMN = 12;

/**
 * Columns under a head, without rules: reads well in any terminal and pastes well anywhere. Where the
 * terminal is too narrow, text wraps in its column; numbers never do.
 */
export function plainTable(
  head: readonly string[],
  align: readonly Align[],
  width = terminalWidth(),
): PlainTable {
  const rows: (readonly string[])[] = [];
  return {
    get length() {
      return rows.length;
    },
    push: (...more) => void rows.push(...more),
    toString: () => {
      const widths = columnWidths(head, rows, align, width);
      const table = emptyTable(fitted(head, widths), align);
      for (const row of rows) table.push(fitted(row, widths));
      return table.toString().replaceAll(/[ \t]+$/gm, "");
    },
  };
}

/** Takes from heads over numbers first, then from the widest column of text, until all fit or no more can. */
function columnWidths(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
  width: number,
): readonly number[] {
  const body = align.map((_, at) => Math.max(0, ...rows.map((row) => visible(row[at]))));
  const widths = body.map((own, at) => Math.max(own, visible(head[at])));
  const tooWide = (): number =>
    widths.reduce((sum, own) => sum + own, 0) + GUTTER * (widths.length - 1) - width;
  for (const [at, own] of body.entries()) {
    if (align[at] === "left" || tooWide() <= 0) continue;
    widths[at] = Math.max(own, ...(head[at] ?? "").split(" ").map(visible));
  }
  for (let excess = tooWide(); excess > 0; excess = tooWide()) {
    const at = widestText(widths, align);
    const own = widths[at];
    if (own === undefined) break;
    widths[at] = Math.max(MIN_TEXT_COLUMN, own - Math.max(1, Math.floor(excess / 2)));
  }
  return widths;
}

function visible(text: string | undefined): number {
  return stripVTControlCharacters(text ?? "").length;
}

/** -1 when every column of text is as narrow as it may be. */
function widestText(widths: readonly number[], align: readonly Align[]): number {
  return widths.reduce((best, own, at) => {
    const gives = align[at] === "left" && own > MIN_TEXT_COLUMN;
    return gives && own > (widths[best] ?? 0) ? at : best;
  }, -1);
}

function fitted(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, at) => wrapCell(cell, widths[at] ?? Number.POSITIVE_INFINITY));
}

function emptyTable(head: string[], align: readonly Align[]): Table.Table {
  return new Table({
    head,
    colAligns: [...align],
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": GUTTER },
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "",
    },
  });
}
