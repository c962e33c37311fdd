import { createHash } from "node:crypto";
import type {
  DocumentSection,
  DocumentTable,
  Fact,
  ReportDocument,
} from "../../domain/report/document.ts";
import type { CellFormat } from "../../domain/report/format-cell.ts";
import { renderChart } from "./charts.ts";
import { escapeHtml } from "./escape.ts";
import { STYLE } from "./style.ts";
import { phraseWriter, type WritePhrase } from "./write-cell.ts";

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
/** Nothing is fetched, run or sent, whatever text the clouds put into the page. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** One file that opens anywhere: no script, no request, charts inside, for screens and paper. */
export function renderHtml(document: ReportDocument, format: CellFormat): string {
  const write = phraseWriter(format);
  const title = escapeHtml(document.title);
  return [
    `<!doctype html>`,
    `<html lang="en">`,
    `<head>`,
    `<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="referrer" content="no-referrer">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `</head>`,
    `<body>`,
    `<header><h1>${title}</h1>${facts(document.facts, write, "basis")}</header>`,
    contents(document.sections),
    `<main>`,
    ...document.sections.map((section) => renderSection(section, write, format)),
    `</main>`,
    `</body>`,
    `</html>`,
    ``,
  ].join("\n");
}

function contents(sections: readonly DocumentSection[]): string {
  const links = sections.map(
    ({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`,
  );
  return `<nav aria-label="Sections"><ul>${links.join("")}</ul></nav>`;
}

function renderSection(section: DocumentSection, write: WritePhrase, format: CellFormat): string {
  const { id, title, facts: own, paragraphs, charts, tables } = section;
  return [
    `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>`,
    facts(own, write, "figures"),
    ...paragraphs.map((phrase) => `<p>${write(phrase)}</p>`),
    ...charts.map((chart) => renderChart(chart, format)),
    ...tables.map((table) => renderTable(table, write)),
    `</section>`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function facts(all: readonly Fact[], write: WritePhrase, role: "basis" | "figures"): string {
  if (all.length === 0) return "";
  const entries = all.map(
    ({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${write(value)}</dd></div>`,
  );
  return `<dl class="${role}">${entries.join("")}</dl>`;
}

function renderTable({ title, columns, rows, more }: DocumentTable, write: WritePhrase): string {
  const role = (at: number): string => (columns[at]?.align === "right" ? ` class="number"` : "");
  const head = columns.map(
    (column, at) => `<th scope="col"${role(at)}>${escapeHtml(column.title)}</th>`,
  );
  const body = rows.map(
    (row) => `<tr>${row.map((cell, at) => `<td${role(at)}>${write([cell])}</td>`).join("")}</tr>`,
  );
  const rest =
    more === 0 ? "" : `<p>Not listed: ${write([{ kind: "count", value: more }])} more.</p>`;
  // Focusable, so that a wide table can be scrolled by keyboard.
  return [
    `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(title)}">`,
    `<table><caption>${escapeHtml(title)}</caption>`,
    `<thead><tr>${head.join("")}</tr></thead>`,
    `<tbody>${body.join("\n")}</tbody></table></div>${rest}`,
  ].join("\n");
}
