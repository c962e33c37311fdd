import { type CompiledQuery, type Kysely, sql, type Transaction } from "kysely";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Database } from "../schema.ts";
import { openSqlite } from "../sqlite.ts";
import { SizedStatement } from "./sized-statement.ts";

async function database(): Promise<Kysely<Database>> {
  const db = await openSqlite(":memory:");
  onTestFinished(() => db.destroy());
  return db;
}

interface Sum {
  readonly sum: number;
}

/** A statement that adds its parameters up, and how often its text was made. */
function adder(compile = added) {
  const statement = new SizedStatement();
  const compiled = vi.fn<typeof added>(compile);
  const sum = (db: Kysely<Database>, values: readonly number[]): Promise<number | undefined> =>
    db.transaction().execute(async (trx) => {
      const { rows } = await statement.execute(trx, values, () => compiled(trx, values));
      return rows[0]?.sum;
    });
  return { sum, compiled };
}

function added(trx: Transaction<Database>, values: readonly number[]): CompiledQuery<Sum> {
  return sql<Sum>`select ${sql.join(values, sql` + `)} as sum`.compile(trx);
}

test("a text is made once for each number of parameters", async () => {
  const db = await database();
  const { sum, compiled } = adder();
  expect(await sum(db, [1, 2])).toBe(3);
  expect(await sum(db, [40, 5])).toBe(45);
  expect(compiled).toHaveBeenCalledTimes(1);
  expect(await sum(db, [1, 2, 4])).toBe(7);
  expect(await sum(db, [2, 2])).toBe(4);
  expect(compiled).toHaveBeenCalledTimes(2);
});

test("another database has texts of its own", async () => {
  const { sum, compiled } = adder();
  expect(await sum(await database(), [1, 2])).toBe(3);
  expect(await sum(await database(), [1, 3])).toBe(4);
  expect(compiled).toHaveBeenCalledTimes(2);
});

test("a text that has other parameters than those given is made anew each time", async () => {
  const db = await database();
  const { sum, compiled } = adder((trx, values) => added(trx, values.toReversed()));
  expect(await sum(db, [1, 2])).toBe(3);
  expect(await sum(db, [5, 2])).toBe(7);
  expect(compiled).toHaveBeenCalledTimes(2);
});
