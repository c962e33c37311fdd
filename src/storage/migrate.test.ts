import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MIGRATIONS, migrate } from "./migrate.ts";
import type { Migration } from "./migrations/migration.ts";
import { openSqlite } from "./sqlite.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "migrate-test-"));
  path = join(folder, "inventory.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ENGINE = { types: { int64: "integer" } };
const step = (name: string, ...statements: readonly string[]): Migration => ({
  name,
  statements: () => statements,
});

test("names are unique and sorted, which is the order they run in", () => {
  const names = MIGRATIONS.map((migration) => migration.name);
  expect(names).toEqual([...new Set(names)].toSorted());
});

test("a step runs once; opening again finds it done", async () => {
  const more = [...MIGRATIONS, step("0002-more", "create table more (x text)")];
  const db = await openSqlite(path);
  expect(await migrate(db, ENGINE, more)).toEqual(["0002-more"]);
  expect(await migrate(db, ENGINE, more)).toEqual([]);
  await db.destroy();
});

test("of a step that fails nothing remains, nor of the steps before it in the same run", async () => {
  const broken = [
    ...MIGRATIONS,
    step("0002-more", "create table more (x text)"),
    step("0003-broken", "create table half (x text)", "create table half (x text)"),
  ];
  const db = await openSqlite(path);
  await expect(migrate(db, ENGINE, broken)).rejects.toMatchObject({ code: "internal" });
  const tables = (await db.introspection.getTables()).map((table) => table.name);
  expect(tables).not.toContain("more");
  expect(tables).not.toContain("half");
  await db.destroy();
});

test("a database of a newer release is refused and left alone", async () => {
  const db = await openSqlite(path);
  await migrate(db, ENGINE, [...MIGRATIONS, step("9999-future", "create table future (x text)")]);
  await db.destroy();
  await expect(openSqlite(path)).rejects.toMatchObject({
    code: "storage_unavailable",
    hint: expect.stringContaining("Upgrade") as unknown,
    details: { unknownMigrations: ["9999-future"] },
  });
});

test("a step that differs from what was run is refused", async () => {
  const db = await openSqlite(path);
  await db.updateTable("schema_migrations").set({ checksum: "other" }).execute();
  await db.destroy();
  await expect(openSqlite(path)).rejects.toMatchObject({
    code: "storage_unavailable",
    details: { changedMigrations: MIGRATIONS.map((migration) => migration.name) },
  });
});

test("a current database opens while another connection writes", async () => {
  const writer = await openSqlite(path);
  await writer.transaction().execute(async (trx) => {
    await trx.insertInto("counters").values({ name: "scan", value: 1 }).execute();
    const reader = await openSqlite(path);
    const { rows } = await sql`select * from counters`.execute(reader);
    expect(rows).toEqual([]);
    await reader.destroy();
  });
  await writer.destroy();
});
