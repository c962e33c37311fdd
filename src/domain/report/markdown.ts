import type {
  Cell,
  DocumentSection,
  DocumentTable,
  Fact,
  Phrase,
  ReportDocument,
} from "./document.ts";
import type { CellFormat } from "./format-cell.ts";

/** GitHub-flavoured Markdown. Text from the clouds stands in code spans, where no markup has a meaning. */
export function renderMarkdown(document: ReportDocument, format: CellFormat): string {
  const write = writer(format);
  return `${[
    `# ${document.title}`,
    facts(document.facts, write),
    ...document.sections.map((section) => renderSection(section, write)),
  ]
    .filter((block) => block !== "")
    .join("\n\n")}\n`;
}

type Write = (phrase: Phrase) => string;

function writer(format: CellFormat): Write {
  return (phrase) =>
    phrase.map((part) => (typeof part === "string" ? part : writeCell(part, format))).join("");
}

function writeCell(cell: Cell, format: CellFormat): string {
  const shown = format(cell);
  return cell.kind === "text" ? markdownText(shown) : shown;
}

function renderSection(section: DocumentSection, write: Write): string {
  return [
    `## ${section.title}`,
    facts(section.facts, write),
    ...section.paragraphs.map(write),
    ...section.tables.map((table) => renderTable(table, write)),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function facts(all: readonly Fact[], write: Write): string {
  return all.map(({ label, value }) => `- **${label}:** ${write(value)}`).join("\n");
}

function renderTable({ title, columns, rows, more }: DocumentTable, write: Write): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `### ${title}`,
    "",
    line(columns.map((column) => column.title)),
    line(columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
    ...rows.map((row) => line(row.map((cell) => write([cell])))),
    ...(more === 0 ? [] : ["", write(["Not listed: ", { kind: "count", value: more }, " more."])]),
  ].join("\n");
}

/** Characters that could end a code span or a table cell, whatever the dialect. */
const BREAKS_CODE = /[|`\\]/;

/**
 * Text of strangers, shown as what it is: no link, image, HTML or table border can come of it. Mostly a
 * code span; text that could end one is written in character references instead, which never are markup.
 * @param shown without line breaks and control characters
 * @see CommonMark 0.31, sections 2.5 and 6.1
 */
export function markdownText(shown: string): string {
  const visible = shown.trim();
  if (visible === "") return "(empty)";
  return BREAKS_CODE.test(visible) ? references(visible) : `\`${visible}\``;
}

function references(visible: string): string {
  return visible.replaceAll(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
