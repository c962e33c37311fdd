import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqlite } from "./sqlite.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sqlite-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("folder, database and its side files belong to their owner alone", async () => {
  const path = join(folder, "new", "deep", "inventory.db");
  const db = await openSqlite(path);
  await db.insertInto("counters").values({ name: "scan", value: 1 }).execute();
  expect(modeOf(join(folder, "new"))).toBe("700");
  expect(modeOf(join(folder, "new", "deep"))).toBe("700");
  for (const suffix of ["", "-wal", "-shm"]) expect(modeOf(path + suffix)).toBe("600");
  await db.destroy();
});

test("a file is durable, shared and migrated; memory has no log to share", async () => {
  const pragma = async (path: string, name: string): Promise<unknown> => {
    const db = await openSqlite(path);
    const { rows } = await sql<Record<string, unknown>>`${sql.raw(`pragma ${name}`)}`.execute(db);
    expect(await db.selectFrom("scans").selectAll().execute()).toEqual([]);
    await db.destroy();
    return Object.values(rows[0] ?? {})[0];
  };
  expect(await pragma(join(folder, "a.db"), "journal_mode")).toBe("wal");
  expect(await pragma(join(folder, "a.db"), "synchronous")).toBe(2);
  expect(await pragma(":memory:", "journal_mode")).toBe("memory");
});

test("a folder that this user cannot write is told, with what to do", async () => {
  const closed = join(folder, "closed");
  mkdirSync(closed, { mode: 0o500 });
  const failure = await asOrdinaryUser(() => openSqlite(join(closed, "inventory.db"))).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: "storage_unavailable", details: { errno: "EACCES" } });
  expect(failure).toHaveProperty("hint", expect.stringContaining("write permission"));
});

/** Root may write anywhere, so a test run by root steps down for the call. */
async function asOrdinaryUser<T>(call: () => Promise<T>): Promise<T> {
  const NOBODY = 65_534;
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await call();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test.each([
  ["a file stands where the folder should be", ["file", "inventory.db"], "ENOTDIR|EEXIST"],
  ["a folder stands where the file should be", [], "EISDIR"],
])("%s", async (_, path, errno) => {
  writeFileSync(join(folder, "file"), "");
  await expect(openSqlite(join(folder, ...path))).rejects.toMatchObject({
    code: "storage_unavailable",
    details: { errno: expect.stringMatching(errno) as unknown },
  });
});

test("a file that is no database is told and left as it is", async () => {
  const path = join(folder, "inventory.db");
  const text = "not a database, but long enough to have a header ".repeat(10);
  writeFileSync(path, text);
  await expect(openSqlite(path)).rejects.toMatchObject({
    code: "storage_unavailable",
    message: expect.stringContaining("damaged") as unknown,
  });
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("damage inside a database is told when it is read", async () => {
  const path = join(folder, "inventory.db");
  await (await openSqlite(path)).destroy();
  const bytes = readFileSync(path);
  // All pages after the schema's root page.
  writeFileSync(path, bytes.fill(0xff, 4_096));
  const reading = openSqlite(path).then((db) => db.selectFrom("scans").selectAll().execute());
  await expect(reading).rejects.toMatchObject({
    code: "storage_unavailable",
    hint: expect.stringContaining("scan again") as unknown,
  });
});

test("a failed transaction leaves nothing and the connection usable", async () => {
  const db = await openSqlite(join(folder, "inventory.db"));
  const failing = db.transaction().execute(async (trx) => {
    await trx.insertInto("counters").values({ name: "scan", value: 1 }).execute();
    await trx.insertInto("counters").values({ name: "scan", value: 2 }).execute();
  });
  await expect(failing).rejects.toMatchObject({ code: "internal" });
  expect(await db.selectFrom("counters").selectAll().execute()).toEqual([]);
  await db.insertInto("counters").values({ name: "scan", value: 3 }).execute();
  await db.destroy();
});

test("a transaction holds the write lock from its start, so a read in it cannot go stale", async () => {
  const path = join(folder, "inventory.db");
  const db = await openSqlite(path);
  const other = new DatabaseSync(path, { timeout: 0 });
  const write = () => other.exec("insert into counters values ('place', 1)");
  await db.transaction().execute(async (trx) => {
    await trx.selectFrom("counters").selectAll().execute();
    expect(write).toThrow("locked");
  });
  expect(write).not.toThrow();
  other.close();
  await db.destroy();
});

test("booleans are stored as numbers; what SQLite cannot hold is refused", async () => {
  const db = await openSqlite(":memory:");
  const { rows } = await sql`select ${true} as yes, ${false} as no`.execute(db);
  expect(rows).toMatchObject([{ yes: 1, no: 0 }]);
  for (const value of [new Date(0), { a: 1 }, undefined])
    await expect(sql`select ${value} as x`.execute(db)).rejects.toMatchObject({ code: "internal" });
  await db.destroy();
});

test("more different statements than are kept still run right", async () => {
  const db = await openSqlite(":memory:");
  for (const round of [1, 2])
    for (let n = 0; n < 600; n++) {
      const { rows } = await sql<{ n: number }>`${sql.raw(`select ${n} as n`)}`.execute(db);
      expect(rows[0]?.n, `round ${round}`).toBe(n);
    }
  await db.destroy();
});
