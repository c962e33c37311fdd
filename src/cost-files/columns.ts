/** A column of a file as DuckDB describes it. */
export interface Column {
  readonly name: string;
  /** DuckDB's name of the type: `VARCHAR`, `DOUBLE`, `MAP(VARCHAR, VARCHAR)`. */
  readonly type: string;
}

/** Columns under the names that this program knows them by. */
export type Columns = ReadonlyMap<string, Column>;

/** Text as an SQL literal. DuckDB has no escapes in it but the doubled quote. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function list(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

/** The column as text, `NULL` for an empty one or one that the file does not have. */
export function textOf(columns: Columns, name: string): string {
  const column = columns.get(name);
  if (column === undefined) return "NULL";
  const value = identifier(column.name);
  return column.type === "VARCHAR"
    ? `nullif(${value}, '')`
    : `nullif(CAST(${value} AS VARCHAR), '')`;
}

/** The column as a point in time, UTC. */
export function timeOf(columns: Columns, name: string): string {
  const column = columns.get(name);
  if (column === undefined) return "CAST(NULL AS TIMESTAMP)";
  const value = identifier(column.name);
  return column.type === "TIMESTAMP" ? value : `TRY_CAST(${value} AS TIMESTAMP)`;
}

/**
 * Digits after the point that amounts are added with. A floating-point number has some 16 digits in all:
 * with more than 15 of them after the point, its own noise would be read as an amount.
 */
const TEXT_SCALE = 18;
const FLOAT_SCALE = 15;
export const AMOUNT_TYPE = `DECIMAL(38, ${TEXT_SCALE})`;

/** The column as an exact decimal; `NULL` where it is none. */
export function amountOf(columns: Columns, name: string): string {
  const column = columns.get(name);
  if (column === undefined) return `CAST(NULL AS ${AMOUNT_TYPE})`;
  const isFloat = column.type === "DOUBLE" || column.type === "FLOAT";
  const type = isFloat ? `DECIMAL(38, ${FLOAT_SCALE})` : AMOUNT_TYPE;
  return `TRY_CAST(${identifier(column.name)} AS ${type})`;
}
