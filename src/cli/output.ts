import { styleText } from "node:util";

/** Where a command writes. Answers go to stdout, everything about the run goes to stderr. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Columns to write in: see `terminalWidth`. */
  readonly width: number;
  /** stderr can rewrite its last line. */
  readonly interactive: boolean;
  style(format: Style, text: string): string;
}

export type Style = "bold" | "dim" | "red" | "yellow" | "green";

/** Colours follow NO_COLOR, FORCE_COLOR and whether stdout is a terminal (Node's `styleText`). */
export function processTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(text),
    width: terminalWidth(),
    interactive: process.stderr.isTTY,
    style: (format, text) => styleText(format, text, { stream: process.stdout }),
  };
}

/** What is neither a terminal nor told by COLUMNS. */
const DEFAULT_WIDTH = 120;

/** `COLUMNS`, else the terminal's columns, else 120. */
export function terminalWidth(): number {
  const told = Number(process.env["COLUMNS"]);
  return Number.isInteger(told) && told > 0 ? told : (process.stdout.columns ?? DEFAULT_WIDTH);
}

const COUNT = new Intl.NumberFormat("en");
const PERCENT = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

export function count(value: number): string {
  return COUNT.format(value);
}

/** Never rounds up to 100 %: a single violation must stay visible. */
export function percent(share: number | null): string {
  if (share === null) return "n/a";
  return PERCENT.format(share < 1 ? Math.min(share, 0.999) : 1);
}

/** Text from the clouds: control characters must not reach the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\u{FFFD}");
}
