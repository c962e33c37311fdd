import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, ReportDocument } from "../../src/domain/report/document.ts";
import { cellFormat, machineValue } from "../../src/domain/report/format-cell.ts";
import { renderMarkdown } from "../../src/domain/report/markdown.ts";
import { type ReportFormat, REPORT_SECTIONS } from "../../src/domain/report/model.ts";
import { spreadsheetText } from "../../src/domain/report/spreadsheet-text.ts";
import { toDocument } from "../../src/domain/report/to-document.ts";
import type { ExportValue } from "../../src/domain/report/export-columns.ts";
import { renderHtml } from "../../src/reports/html/page.ts";
import { reportWriters } from "../../src/reports/writers.ts";
import { HOSTILE_TEXTS, sampleReport } from "./sample-report.ts";

const US = cellFormat("en-US");
const INVISIBLE = /(?!\ufeff)\p{Cf}/u;
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom(..."|`\\<>&\"'[]()!=+-@*_#\n\r\t ".split("")) }),
);

function documentOf(text: string): ReportDocument {
  return toDocument(sampleReport(text), REPORT_SECTIONS);
}

const bytesOf = async (text: string, format: ReportFormat) =>
  reportWriters.report(sampleReport(text), { format, sections: REPORT_SECTIONS, locale: "en-US" });

async function tableText(format: "csv" | "json", rows: readonly (readonly ExportValue[])[]) {
  const columns = (rows[0] ?? []).map((_, at) => `c${at}`);
  const source = (async function* () {
    yield* rows;
  })();
  const chunks: Uint8Array[] = [];
  for await (const chunk of reportWriters.table({ columns, rows: source }, format))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** A reader of RFC 4180 that shares nothing with the writer. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [];
  for (const [, quoted, plain, end] of csv
    .replace(/^\ufeff/, "")
    .matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n|$)/g)) {
    const row = rows.at(-1) ?? [];
    if (rows.length === 0) rows.push(row);
    row.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end === "\r\n") rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

describe("CSV", () => {
  test("no text of a stranger begins like a formula, in a report or an export", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const csv = Buffer.from(await bytesOf(text, "csv")).toString("utf8");
        const own = parseCsv(csv)
          .slice(1)
          .filter((row) => row[5] === "text");
        const rows = parseCsv(await tableText("csv", [[text, "x"]])).slice(1);
        for (const cell of [...own.map((row) => row[4] ?? ""), ...rows.flat()])
          expect(cell).not.toMatch(/^\s*[=+\-@|％＝＋－＠]/u);
        expect(rows).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });

  test("amounts below zero stay numbers, and what is not known stays empty", async () => {
    const rows = parseCsv(await tableText("csv", [[{ decimal: "-5.00" }, null, "i-1"]]));
    expect(rows[1]).toEqual(["-5.00", "", "i-1"]);
  });

  test("ids and values that are no formula stay as they are", () => {
    for (const plain of ["arn:aws:s3:::b", "o'hara", "a=b", "1", "/subscriptions/x"])
      expect(spreadsheetText(plain)).toBe(plain);
  });
});

describe("JSON", () => {
  test("texts are exact, and nothing in them is invisible", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const json = await tableText("json", [[text, { decimal: "1.50" }]]);
        expect(JSON.parse(json)).toEqual([{ c0: text, c1: "1.50" }]);
        expect(json).not.toMatch(INVISIBLE);
      }),
      { numRuns: 60 },
    );
  });

  test("amounts are exact beyond what a double holds", async () => {
    const json: unknown = JSON.parse(Buffer.from(await bytesOf("x", "json")).toString());
    expect(json).toMatchObject({
      score: 0.825,
      data_as_of: "2026-10-01T12:00:00.000Z",
      spend: { currencies: [{ compliant_amount: "9007199254740993.000001" }] },
    });
  });
});

describe("HTML", () => {
  test("text of strangers makes no element, attribute or invisible character", () => {
    const calm = tagsIn(renderHtml(documentOf("calm"), US));
    fc.assert(
      fc.property(hostile, (text) => {
        const html = renderHtml(documentOf(text), US);
        expect(tagsIn(html)).toEqual(calm);
        expect(html).not.toMatch(INVISIBLE);
      }),
      { numRuns: 60 },
    );
  });

  test("every number of the document, and no other, is in the page with its exact value", () => {
    const money = fc.record({
      kind: fc.constant("money" as const),
      micros: fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
      currency: fc.constantFrom("USD", "EUR", "JPY", "not a code"),
    });
    const cell: fc.Arbitrary<Cell> = fc.oneof(
      fc.record({ kind: fc.constant("count" as const), value: fc.nat() }),
      fc.record({
        kind: fc.constant("share" as const),
        value: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      money,
    );
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 8 }), (cells) => {
        const document: ReportDocument = {
          title: "T",
          facts: [{ label: "f", value: cells }],
          sections: [
            {
              id: "summary",
              title: "S",
              facts: [],
              paragraphs: [cells],
              charts: [],
              tables: [
                {
                  title: "t",
                  columns: cells.map(() => ({ title: "c", align: "right" })),
                  rows: [cells],
                  more: 0,
                },
              ],
            },
          ],
        };
        const found = [...renderHtml(document, US).matchAll(/<data value="([^"]*)"/g)].map(
          ([, value]) => value,
        );
        const values = cells.map((one) => machineValue(one).value);
        expect(found).toEqual([...values, ...values, ...values]);
      }),
    );
  });

  test("the headline figures are those of the model", () => {
    const html = renderHtml(documentOf("x"), US);
    for (const value of ["0.825", "1650", "2000", "312", "160", "1234567.890123", "512"])
      expect(html).toContain(`<data value="${value}"`);
  });
});

function tagsIn(html: string): readonly string[] {
  const body = html.slice(html.indexOf("<body>"));
  return [...body.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
}

describe("Markdown", () => {
  test("text of strangers ends no code span, makes no cell, no link and no line", () => {
    const calm = renderMarkdown(documentOf("calm"), US).split("\n").map(borders);
    fc.assert(
      fc.property(hostile, (text) => {
        const markdown = renderMarkdown(documentOf(text), US);
        expect(markdown.split("\n").map(borders)).toEqual(calm);
        expect(outsideCode(markdown)).not.toMatch(/[<>[\]]|https?:/);
        expect(markdown).not.toMatch(INVISIBLE);
      }),
    );
  });
});

const borders = (line: string): number => line.split("|").length;
/** No code span of ours holds a backtick, so pairs of them are spans. */
const outsideCode = (markdown: string): string => markdown.replaceAll(/`[^`\n]*`/g, "");

describe("numbers for people", () => {
  test.each([
    ["en-US", "$1,234,567.89", "82.5%"],
    ["de-DE", "1.234.567,89 $", "82,5 %"],
  ])("%s", (locale, amount, share) => {
    const format = cellFormat(locale);
    const plain = (cell: Cell): string => format(cell).replaceAll("\u00a0", " ");
    expect(plain({ kind: "money", micros: 1_234_567_890_123n, currency: "USD" })).toBe(amount);
    expect(plain({ kind: "share", value: 0.825 })).toBe(share);
  });

  test("99.99 % is not rounded to all, and nothing judged is no number", () => {
    expect(US({ kind: "share", value: 0.9999 })).toBe("99.9%");
    expect(US({ kind: "share", value: null })).toBe("n/a");
  });

  test.each(["", "x", "en_US", "../..", "zz-ZZ-☃"])("%j is no locale", (locale) => {
    expect(() => cellFormat(locale)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

test("an empty scope has no score, and unknown money says so", () => {
  const counts = { compliant: 0, non_compliant: 0, exempt: 0, unknown: 0, out_of_scope: 0 };
  const report = sampleReport("x", { counts, score: null, spend: null });
  const markdown = renderMarkdown(toDocument(report, ["summary"]), US);
  expect(markdown).toContain("**Score:** none: no resource was found, and parts of the scope");
  expect(markdown).toContain("What resources cost is unknown");
  expect(markdown).not.toMatch(/\d%/);
});
