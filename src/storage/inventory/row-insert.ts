import {
  type Compilable,
  type InsertQueryBuilder,
  type InsertResult,
  PostgresAdapter,
  type RawBuilder,
  sql,
  type Transaction,
} from "kysely";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { SizedStatement } from "./sized-statement.ts";

/** What a column holds of one of the things that are stored, and of which type PostgreSQL has it. */
interface Column<Thing, Value> {
  readonly type: "text" | "bigint";
  readonly of: (thing: Thing) => Value;
}

export function text<Thing, Value extends string | null>(
  of: (thing: Thing) => Value,
): Column<Thing, Value> {
  return { type: "text", of };
}

export function int64<Thing, Value extends number | null>(
  of: (thing: Thing) => Value,
): Column<Thing, Value> {
  return { type: "bigint", of };
}

/** Every column of a table, in the order in which its rows are written. */
type Columns<Table extends TableName, Thing> = {
  readonly [Name in keyof Database[Table]]: Column<Thing, Database[Table][Name]>;
};
type TableName = keyof Database;
type Insert<Table extends TableName> = InsertQueryBuilder<Database, Table, InsertResult>;

/**
 * Makes an insert of many things as rows of a table. Their values go straight from the things into the
 * parameters of a statement that is made once for each number of rows: `values` of SQLite, and of
 * PostgreSQL `unnest`, whose text is the same for any number.
 * @param ending what follows the rows, such as `on conflict`.
 */
export function rowInsert<Table extends TableName, Thing>(
  table: Table,
  columns: Columns<Table, Thing>,
  ending: (insert: Insert<Table>) => Compilable = (insert) => insert,
): (trx: Transaction<Database>, things: readonly Thing[]) => Promise<void> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns that the type names
  const names = Object.keys(columns) as (keyof Database[Table] & string)[];
  const all: readonly Column<Thing, unknown>[] = Object.values(columns);
  const statement = new SizedStatement();
  const insert = async (
    trx: Transaction<Database>,
    parameters: readonly unknown[],
    rows: () => RawBuilder<unknown>,
  ): Promise<void> => {
    await statement.execute(trx, parameters, () =>
      ending(trx.insertInto(table).columns(names).expression(rows())).compile(),
    );
  };
  return async (trx, things) => {
    if (things.length === 0) return;
    if (trx.getExecutor().adapter instanceof PostgresAdapter) {
      const arrays = all.map(({ of }) => things.map(of));
      await insert(trx, arrays, () => unnested(arrays, all));
      return;
    }
    for (const batch of batches(things)) {
      const values: unknown[] = [];
      for (const thing of batch) for (const { of } of all) values.push(of(thing));
      await insert(trx, values, () => listed(values, all.length));
    }
  };
}

function listed(values: readonly unknown[], width: number): RawBuilder<unknown> {
  const rows: RawBuilder<unknown>[] = [];
  for (let at = 0; at < values.length; at += width)
    rows.push(sql`(${sql.join(values.slice(at, at + width))})`);
  return sql`values ${sql.join(rows)}`;
}

function unnested(
  arrays: readonly (readonly unknown[])[],
  columns: readonly Column<never, unknown>[],
): RawBuilder<unknown> {
  const typed = columns.map(({ type }, at) => sql`${sql.val(arrays[at])}::${sql.raw(type)}[]`);
  return sql`select * from unnest(${sql.join(typed)})`;
}
