import type { BarChart, Chart, LineChart } from "../../domain/report/document.ts";
import { type CellFormat, phraseText } from "../../domain/report/format-cell.ts";
import { escapeHtml } from "./escape.ts";

/** A chart as SVG, drawn by classes of the page's style; the table beside it says the same in numbers. */
export function renderChart(chart: Chart, format: CellFormat): string {
  const drawn = chart.kind === "bars" ? bars(chart, format) : line(chart, format);
  return `<figure><figcaption>${escapeHtml(chart.title)}</figcaption>${drawn}</figure>`;
}

const WIDTH = 720;
const ROW = 26;
const LABEL_WIDTH = 250;
const VALUE_WIDTH = 70;
const LABEL_LENGTH = 36;

function bars({ title, bars: all }: BarChart, format: CellFormat): string {
  const span = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const rows = all.map(({ label, length, value }, at) => {
    const top = at * ROW;
    const name = phraseText(label, format);
    const width = round(Math.min(1, Math.max(0, length)) * span);
    return [
      `<g><title>${escapeHtml(`${name}: ${format(value)}`)}</title>`,
      `<text x="${LABEL_WIDTH - 8}" y="${top + 17}" text-anchor="end">${escapeHtml(shortened(name))}</text>`,
      `<rect class="track" x="${LABEL_WIDTH}" y="${top + 5}" width="${span}" height="16" rx="2"/>`,
      `<rect class="bar" x="${LABEL_WIDTH}" y="${top + 5}" width="${width}" height="16" rx="2"/>`,
      `<text x="${WIDTH - VALUE_WIDTH + 8}" y="${top + 17}">${escapeHtml(format(value))}</text></g>`,
    ].join("");
  });
  return svg(title, all.length * ROW + 4, rows.join(""));
}

const HEIGHT = 220;
const LEFT = 48;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 28;
/** Scores between which the axis runs end at whole tenths. */
const TENTH = 0.1;

function line({ title, points }: LineChart, format: CellFormat): string {
  const measured = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (measured.length === 0) return svg(title, 24, `<text x="0" y="16">no score</text>`);
  const [low, high] = axis(Math.min(...measured), Math.max(...measured));
  const [first, last] = [points[0]?.atMs ?? 0, points.at(-1)?.atMs ?? 0];
  const x = (atMs: number): number =>
    round(LEFT + ((atMs - first) / Math.max(1, last - first)) * (WIDTH - LEFT - RIGHT));
  const y = (value: number): number =>
    round(TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM));
  const ticks = [low, (low + high) / 2, high].map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text class="soft" x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${escapeHtml(format({ kind: "share", value }))}</text>`,
  );
  const days = [first, last].map(
    (atMs, at) =>
      `<text class="soft" x="${x(atMs)}" y="${HEIGHT - 8}" text-anchor="${at === 0 ? "start" : "end"}">${escapeHtml(format({ kind: "day", ms: atMs }))}</text>`,
  );
  const breaks = points.flatMap(({ atMs, breaks: isBreak }) =>
    isBreak
      ? [
          `<line class="break" x1="${x(atMs)}" x2="${x(atMs)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`,
        ]
      : [],
  );
  const runs = unbroken(points).map((run) =>
    run
      .map(({ atMs, value }) => `<circle class="dot" cx="${x(atMs)}" cy="${y(value)}" r="2.5"/>`)
      .concat(
        `<polyline class="line" points="${run.map(({ atMs, value }) => `${x(atMs)},${y(value)}`).join(" ")}"/>`,
      )
      .join(""),
  );
  return svg(title, HEIGHT, [...ticks, ...days, ...breaks, ...runs].join(""));
}

function axis(least: number, most: number): readonly [number, number] {
  const low = Math.max(0, Math.floor(least / TENTH) * TENTH);
  const high = Math.min(1, Math.ceil(most / TENTH) * TENTH);
  if (high > low) return [low, high];
  return high < 1 ? [low, low + TENTH] : [high - TENTH, high];
}

interface Measured {
  readonly atMs: number;
  readonly value: number;
}

/** Neither a gap nor a change of what was measured is drawn over. */
function unbroken(points: LineChart["points"]): readonly (readonly Measured[])[] {
  const runs: Measured[][] = [[]];
  for (const { atMs, value, breaks } of points) {
    if (value === null || breaks) runs.push([]);
    if (value !== null) runs.at(-1)?.push({ atMs, value });
  }
  return runs.filter((run) => run.length > 0);
}

function svg(title: string, height: number, content: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(title)}">${content}</svg>`;
}

function shortened(name: string): string {
  const letters = Array.from(name);
  return letters.length <= LABEL_LENGTH ? name : `${letters.slice(0, LABEL_LENGTH - 1).join("")}…`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
