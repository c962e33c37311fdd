import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EVERYTHING } from "../domain/scan/scope.ts";
import { judged, manualClock, missing, scanCell } from "../../test/storage/estate.ts";
import {
  missingPostgres,
  type PostgresServer,
  startPostgres,
} from "../../test/storage/postgres-server.ts";
import { temporaryFolder } from "../../test/storage/sqlite-file.ts";
import { copyDatabase } from "./copy-database.ts";
import { createInventoryStore } from "./inventory.ts";
import { openPostgres } from "./postgres.ts";
import type { Database } from "./schema.ts";
import { openSqlite, openSqliteSnapshot } from "./sqlite.ts";
import { backupSqlite } from "./sqlite-backup.ts";

/** More than two batches of the copy. */
const RESOURCES = 2_500;

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(async () => {
  folder = temporaryFolder();
  path = join(folder.path, "inventory.db");
  const store = createInventoryStore(await openSqlite(path), { clock: manualClock() });
  const page = Array.from({ length: RESOURCES }, (_, at) =>
    judged(`i-${at}`, {
      tags: at % 5 === 0 ? null : { Team: `ü"\\{${at}}`, Owner: "NULL" },
      violations: at % 2 === 0 ? [missing("CostCenter")] : [],
    }),
  );
  await scanCell(store, page);
  await store.signingKey();
  await store.close();
});
afterEach(() => folder.remove());

const filter = { scope: EVERYTHING, severities: [] };
async function answers(db: Kysely<Database>): Promise<unknown> {
  const store = createInventoryStore(db, { clock: manualClock() });
  return [
    await store.breakdown(filter),
    await store.tally(filter),
    await store.violations(filter, { limit: 100, after: null }),
    await store.coverage(EVERYTHING),
    await store.latestScanCovering(EVERYTHING),
    Buffer.from(await store.signingKey()).toString("hex"),
  ];
}

describe("backup", () => {
  test("is the database as it was, only for its owner, while another connection writes", async () => {
    const target = join(folder.path, "backup.db");
    const writing = await openSqlite(path);
    const before = await answers(writing);
    await writing.transaction().execute(async (trx) => {
      await trx.deleteFrom("violations").execute();
      await backupSqlite(path, target);
    });
    expect((statSync(target).mode & 0o777).toString(8)).toBe("600");
    const restored = await openSqlite(target);
    expect(await answers(restored)).toEqual(before);
    const check = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(restored);
    expect(check.rows).toEqual([{ integrity_check: "ok" }]);
    await Promise.all([restored.destroy(), writing.destroy()]);
  });

  test("replaces no file and leaves no half one", async () => {
    const target = join(folder.path, "there.db");
    writeFileSync(target, "mine");
    await expect(backupSqlite(path, target)).rejects.toMatchObject({ code: "invalid_input" });
    writeFileSync(path, "not a database ".repeat(1_000));
    const half = join(folder.path, "half.db");
    await expect(backupSqlite(path, half)).rejects.toMatchObject({ code: "storage_unavailable" });
    expect(existsSync(half)).toBe(false);
  });
});

describe.skipIf(missingPostgres !== undefined)(`copy to PostgreSQL${missingPostgres ?? ""}`, () => {
  let server: PostgresServer;
  let to: Kysely<Database>;
  let from: Kysely<Database>;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    to = await openPostgres(await server.createDatabase());
    from = openSqliteSnapshot(path);
  });
  afterEach(async () => {
    await Promise.all([from.destroy(), to.destroy()]);
  });

  test("answers the same afterwards, and a snapshot holds up no writer", async () => {
    const writing = await openSqlite(path);
    const before = await answers(writing);
    let wrote = false;
    const copied = await copyDatabase(from, to, () => {
      if (!wrote) void writing.deleteFrom("violations").execute();
      wrote = true;
    });
    expect(copied.find(({ table }) => table === "resources")?.rows).toBe(RESOURCES);
    expect(await answers(to)).toEqual(before);
    await writing.destroy();
  });

  test("a target that holds anything is refused and left alone", async () => {
    await to.insertInto("counters").values({ name: "scan", value: 7 }).execute();
    await expect(copyDatabase(from, to, () => undefined)).rejects.toMatchObject({
      code: "invalid_input",
      details: { table: "counters" },
    });
    expect(await to.selectFrom("counters").selectAll().execute()).toEqual([
      { name: "scan", value: 7 },
    ]);
    expect(await to.selectFrom("resources").selectAll().execute()).toEqual([]);
  });

  test("a row that arrives changed is noticed, and nothing of the copy remains", async () => {
    await sql`create function spoil() returns trigger language plpgsql as
      $$ begin if new.no = 1234 then new.tags = '[]'; end if; return new; end $$`.execute(to);
    await sql`create trigger spoil before insert on resources
      for each row execute function spoil()`.execute(to);
    await expect(copyDatabase(from, to, () => undefined)).rejects.toMatchObject({
      code: "internal",
      details: { table: "resources", sentRows: RESOURCES, arrivedRows: RESOURCES },
    });
    for (const table of ["scans", "cells", "resources", "violations"] as const)
      expect(await to.selectFrom(table).selectAll().execute()).toEqual([]);
  });
});
