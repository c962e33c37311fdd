import type { Micros } from "../money.ts";
import type { ReportSection } from "./model.ts";

/**
 * A report in words, tables and charts, before it has a format. Numbers are cells and never part of a
 * sentence's text, so that every renderer writes them its own way and a test can find each of them.
 */
export interface ReportDocument {
  readonly title: string;
  /** What the report rests on: data age, policy, scope. */
  readonly facts: readonly Fact[];
  readonly sections: readonly DocumentSection[];
}

export interface DocumentSection {
  readonly id: ReportSection;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly paragraphs: readonly Phrase[];
  readonly charts: readonly Chart[];
  readonly tables: readonly DocumentTable[];
}

export interface Fact {
  readonly label: string;
  readonly value: Phrase;
}

/** Strings are ours; text from elsewhere is a cell. */
export type Phrase = readonly (string | Cell)[];

export type Cell =
  /** Untrusted: every renderer makes it safe for its format. */
  | { readonly kind: "text"; readonly text: string }
  /** A word of ours, such as a verdict, a cloud or a reason. */
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "count"; readonly value: number }
  /** 0 to 1; null: there is nothing to take a share of. */
  | { readonly kind: "share"; readonly value: number | null }
  | { readonly kind: "points"; readonly value: number }
  | { readonly kind: "money"; readonly micros: Micros; readonly currency: string }
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "day"; readonly ms: number }
  /** Not known: never shown as zero. */
  | { readonly kind: "unknown" }
  /** There is none, and that is known. */
  | { readonly kind: "none" };

export interface DocumentTable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows that are not listed. */
  readonly more: number;
}

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

export type Chart = BarChart | LineChart;

export interface BarChart {
  readonly kind: "bars";
  readonly title: string;
  readonly bars: readonly {
    readonly label: Phrase;
    /** Length of the bar, 0 to 1 of the longest possible one. */
    readonly length: number;
    readonly value: Cell;
  }[];
}

/** A score over time: 0 to 1; null where there is a gap. */
export interface LineChart {
  readonly kind: "line";
  readonly title: string;
  readonly points: readonly {
    readonly atMs: number;
    readonly value: number | null;
    /** Not comparable with the point before. */
    readonly breaks: boolean;
  }[];
}

export const text = (value: string): Cell => ({ kind: "text", text: value });
export const word = (value: string): Cell => ({ kind: "word", text: value });
export const count = (value: number): Cell => ({ kind: "count", value });
export const share = (value: number | null): Cell => ({ kind: "share", value });
export const points = (value: number): Cell => ({ kind: "points", value });
export const time = (ms: number): Cell => ({ kind: "time", ms });
export const day = (ms: number): Cell => ({ kind: "day", ms });
export const money = (micros: Micros, currency: string): Cell => ({
  kind: "money",
  micros,
  currency,
});
export const UNKNOWN: Cell = { kind: "unknown" };
export const NONE: Cell = { kind: "none" };
