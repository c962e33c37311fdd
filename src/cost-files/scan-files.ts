import type { DuckDBConnection } from "@duckdb/node-api";
import { AppError } from "../domain/errors.ts";
import type { CostPeriod } from "../domain/cost/cost-period.ts";
import { AMOUNT_TYPE, type Column, list, literal } from "./columns.ts";
import { curLine, curProblems, looksLikeCur } from "./cur.ts";
import { focusLine, focusProblems, looksLikeFocus } from "./focus.ts";
import type { LineSql } from "./line-sql.ts";
import type { ReadingOrder } from "./protocol.ts";

export type BillFormat = "focus" | "cur";

/** Files that have the same columns, and are read by one statement. */
export interface FileSet {
  readonly files: readonly string[];
  readonly columns: readonly Column[];
  readonly format: BillFormat;
}

/** The rows of files. Text stays text: what a number is, is decided by the column's meaning. */
function rowsOf(files: readonly string[]): string {
  const paths = list(files.map(literal));
  return files.every((file) => file.toLowerCase().endsWith(".parquet"))
    ? `read_parquet(${paths})`
    : `read_csv(${paths}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = ['', 'NULL'])`;
}

/**
 * Looks at the columns of every file, and sorts the files by them.
 * @throws {AppError} `invalid_input` with all that is wrong with all files.
 */
export async function sortFiles(
  connection: DuckDBConnection,
  { files, format }: ReadingOrder,
): Promise<readonly FileSet[]> {
  const sets = new Map<string, { files: string[]; columns: readonly Column[] }>();
  for (const file of files) {
    const columns = await describe(connection, file);
    const kind = file.toLowerCase().endsWith(".parquet") ? "parquet" : "csv";
    const key = JSON.stringify([kind, columns]);
    const known = sets.get(key);
    if (known === undefined) sets.set(key, { files: [file], columns });
    else known.files.push(file);
  }
  return checked([...sets.values()], format);
}

async function describe(connection: DuckDBConnection, file: string): Promise<readonly Column[]> {
  try {
    const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${rowsOf([file])}`);
    return reader.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  } catch (cause) {
    throw unreadable(cause, { file });
  }
}

/** What DuckDB says of a file is its text, and may quote the file: it stays in the details. */
export function unreadable(cause: unknown, details: Readonly<Record<string, unknown>>): AppError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new AppError("invalid_input", "A bill file cannot be read.", {
    hint: "It must be a whole, uncorrupted Parquet, CSV or gzip-compressed CSV file; the details say what is wrong.",
    details: { ...details, problem: text.slice(0, 500) },
    cause,
  });
}

function checked(
  sets: readonly { readonly files: readonly string[]; readonly columns: readonly Column[] }[],
  wanted: ReadingOrder["format"],
): readonly FileSet[] {
  const sorted = sets.map((set) => ({ ...set, format: formatOf(set.columns, wanted) }));
  const strange = sorted.filter(({ format }) => format === null);
  if (strange.length > 0)
    throw new AppError(
      "invalid_input",
      "A file is neither a FOCUS export nor a Cost and Usage Report.",
      {
        hint: "Leave other files out of the folder, or name the right ones. FOCUS has columns such as ChargeCategory and EffectiveCost, the AWS report such as line_item_line_item_type.",
        issues: strange.map(({ files }) => ({
          path: files[0] ?? "",
          message: "Its columns are those of neither format.",
        })),
        details: { files: strange.flatMap(({ files }) => files) },
      },
    );
  const known = sorted.flatMap(({ format, ...set }) =>
    format === null ? [] : [{ ...set, format }],
  );
  const issues = known.flatMap(({ files, columns, format }) =>
    (format === "focus" ? focusProblems(columns) : curProblems(columns)).map((issue) => ({
      ...issue,
      path: `${files[0] ?? ""}: ${issue.path}`,
    })),
  );
  if (issues.length > 0)
    throw new AppError("invalid_input", "Columns that the figures need are missing.", {
      hint: "Export again with these columns; nothing was imported.",
      issues,
    });
  if (new Set(known.map(({ format }) => format)).size > 1)
    throw new AppError(
      "invalid_input",
      "FOCUS files and Cost and Usage Reports cannot be imported together.",
      {
        hint: "Import the files of one format; both of the same bill would count it twice.",
      },
    );
  return known;
}

function formatOf(columns: readonly Column[], wanted: ReadingOrder["format"]): BillFormat | null {
  if (wanted !== "auto") return wanted;
  if (looksLikeFocus(columns)) return "focus";
  return looksLikeCur(columns) ? "cur" : null;
}

/** The line of each format, from these columns. */
export function lineOf({ columns, format }: FileSet): LineSql {
  return format === "focus" ? focusLine(columns) : curLine(columns);
}

/** Columns of the answer, before those of the charge and of the tags. */
export const FIXED_COLUMNS = 12;

/**
 * The lines of a file set, grouped by all that tells them apart. A line whose amount or day cannot be
 * read is counted in a group of its own, whose `readable` is false.
 */
export function groupingOf(set: FileSet, line: LineSql, period: CostPeriod | null): string {
  const tags = line.tags.kind === "json" ? [line.tags.sql] : line.tags.keys.map(({ sql }) => sql);
  const extra = [...line.charge, ...tags].map((sql, at) => `${sql} AS x${at}`);
  const names = extra.map((_, at) => `x${at}`);
  const during =
    period === null
      ? ""
      : `WHERE start IS NULL OR (start >= TIMESTAMP ${literal(period.from)} AND start < TIMESTAMP ${literal(period.to)})`;
  const dimensions = [
    "cloud",
    "account",
    "region",
    "service",
    "resource_id",
    "resource_type",
    "currency",
  ];
  return `WITH lines AS (
      SELECT ${line.cloud} AS cloud, ${line.start} AS start, ${line.account} AS account,
        ${line.region} AS region, ${line.service} AS service, ${line.resourceId} AS resource_id,
        ${line.resourceType} AS resource_type, ${line.currency} AS currency,
        ${line.effective} AS effective, ${line.billed} AS billed
        ${extra.map((sql) => `, ${sql}`).join("")}
      FROM ${rowsOf(set.files)}),
    grouped AS (
      SELECT date_trunc('month', start) AS month, ${dimensions.join(", ")},
        effective IS NOT NULL AND billed IS NOT NULL AND start IS NOT NULL AND currency IS NOT NULL AS readable,
        CAST(sum(effective) AS ${AMOUNT_TYPE}) AS effective, CAST(sum(billed) AS ${AMOUNT_TYPE}) AS billed,
        count(*) AS lines ${names.map((name) => `, ${name}`).join("")}
      FROM lines ${during} GROUP BY ALL)
    SELECT strftime(month, '%Y-%m'), ${dimensions.join(", ")}, readable, effective, billed,
      CAST(lines AS INTEGER) ${names.map((name) => `, ${name}`).join("")} FROM grouped`;
}
