import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "./schema.ts";
import { openSqlite } from "./sqlite.ts";
import { SqliteThread } from "./workers/sqlite-thread.ts";

/** Questions beside transactions, and many questions at once. */
describe("readers of a SQLite file", () => {
  let folder: string;
  let db: Kysely<Database>;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "sqlite-readers-"));
    db = await openSqlite(join(folder, "inventory.db"));
  });
  afterEach(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const add = (name: string) =>
    db.insertInto("secrets").values({ name, value: "v", created_at: 0 }).execute();
  const names = async (): Promise<readonly string[]> =>
    (await db.selectFrom("secrets").select("name").orderBy("name").execute()).map(
      (row) => row.name,
    );

  it("do not wait for a transaction, and see what was committed before", async () => {
    await add("before");
    await db.transaction().execute(async (trx) => {
      await trx.insertInto("secrets").values({ name: "open", value: "v", created_at: 0 }).execute();
      // Waits for ever where a question has to wait for the transaction that waits for it.
      expect(await names()).toEqual(["before"]);
    });
    expect(await names()).toEqual(["before", "open"]);
  });

  it("that ask the same at the same time each get rows of their own", async () => {
    await add("one");
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => db.selectFrom("secrets").selectAll().execute()),
    );
    expect(new Set(answers.map((rows) => rows[0])).size).toBe(200);
    expect(new Set(answers.map((rows) => JSON.stringify(rows))).size).toBe(1);
  });

  it("see each of their own writes, however many ask meanwhile", async () => {
    const seen = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const name = `n${index}`;
        await add(name);
        return (await names()).includes(name);
      }),
    );
    expect(seen).toEqual(Array.from({ length: 100 }, () => true));
  });

  it("ask a thread once for what several want to know before it was asked", async () => {
    const thread = await SqliteThread.open({ path: join(folder, "inventory.db"), mode: "read" });
    // Each asking makes another value, so equal values are one asking.
    const ask = () => thread.ask("select hex(randomblob(16)) as chance", []);
    const [one, other] = await Promise.all([ask(), ask()]);
    expect(one.rows).toEqual(other.rows);
    expect((await ask()).rows).not.toEqual(one.rows);
    await thread.close();
  });
});
