import type { QueryResult } from "kysely";
import type { FlatRows, SqliteResult } from "./sqlite-protocol.ts";

/** What SQLite answered, as Kysely takes it. */
export function queryResult<R>({ rows, changes, insertId }: SqliteResult): QueryResult<R> {
  if (rows !== undefined) return { rows: toRows<R>(rows) };
  const numAffectedRows = BigInt(changes ?? 0);
  return { rows: [], numAffectedRows, ...(insertId === undefined ? {} : { insertId }) };
}

function toRows<R>({ columns, values }: FlatRows): R[] {
  const rows: R[] = [];
  for (let start = 0; start < values.length; start += columns.length) {
    const row: Record<string, unknown> = {};
    for (const [at, column] of columns.entries()) row[column] = values[start + at];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Kysely asks of every driver
    rows.push(row as R);
  }
  return rows;
}
