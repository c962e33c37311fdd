import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  missingPostgres,
  type PostgresServer,
  startPostgres,
} from "../../test/storage/postgres-server.ts";
import { MIGRATIONS, migrate } from "./migrate.ts";
import { openPostgres, POSTGRES_SCHEMA } from "./postgres.ts";

const ENGINE = { types: { int64: "bigint" }, schema: POSTGRES_SCHEMA };

/** All that a failure can show to anyone. */
function shown(error: unknown): string {
  const { message, hint, details } = error as Record<string, unknown>;
  return JSON.stringify([message, hint, details]);
}

const opening = (url: string): Promise<unknown> =>
  openPostgres(url).then(
    () => "opened",
    (error: unknown) => error,
  );

test.each([
  ["no URL", "s3cret", "config_invalid"],
  ["another scheme", "mysql://me:s3cret@127.0.0.1/db", "config_invalid"],
  ["nobody listens", "postgres://me:s3cret@127.0.0.1:1/db", "storage_unavailable"],
  ["no such host", "postgres://me:s3cret@no-such-host.invalid/db", "storage_unavailable"],
])("%s is explained without the URL or its password", async (_, url, code) => {
  const error = await opening(url);
  expect(error).toMatchObject({ code, hint: expect.stringContaining(".") as unknown });
  expect(shown(error)).not.toContain("s3cret");
  expect(shown(error)).not.toContain("me:");
});

describe.skipIf(missingPostgres !== undefined)(`PostgreSQL${missingPostgres ?? ""}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test("a database that does not exist is told, with what to do", async () => {
    const url = new URL(await server.createDatabase());
    url.pathname = "not_there";
    const error = await opening(url.href);
    expect(error).toMatchObject({
      code: "storage_unavailable",
      hint: expect.stringContaining("createdb") as unknown,
      details: { postgresCode: "3D000" },
    });
  });

  test("of many that start at once one migrates, and all find the same schema", async () => {
    const url = await server.createDatabase();
    const opened = await Promise.all(Array.from({ length: 8 }, () => openPostgres(url)));
    for (const db of opened) expect(await db.selectFrom("scans").selectAll().execute()).toEqual([]);
    for (const db of opened) expect(await migrate(db, ENGINE)).toEqual([]);
    await Promise.all(opened.map((db) => db.destroy()));
  });

  test("text compares by its bytes in every table, and nothing stands outside our schema", async () => {
    const db = await openPostgres(await server.createDatabase());
    const { rows } = await sql<{ found: string }>`
      select table_name || '.' || column_name as found from information_schema.columns
      where table_schema = ${POSTGRES_SCHEMA} and data_type = 'text'
        and collation_name is distinct from 'C'`.execute(db);
    expect(rows).toEqual([]);
    const tables = await db.introspection.getTables();
    expect(new Set(tables.map(({ schema }) => schema))).toEqual(new Set([POSTGRES_SCHEMA]));
    await db.destroy();
  });

  test("of a step that fails nothing remains", async () => {
    const db = await openPostgres(await server.createDatabase());
    const broken = {
      name: "9998-broken",
      statements: () => ["create table a (x text)", "nonsense"],
    };
    const known = await db.selectFrom("schema_migrations").select("name").execute();
    await expect(migrate(db, ENGINE, [...MIGRATIONS, broken])).rejects.toMatchObject({
      code: "internal",
    });
    expect((await db.introspection.getTables()).map(({ name }) => name)).not.toContain("a");
    expect(await db.selectFrom("schema_migrations").select("name").execute()).toEqual(known);
    await db.destroy();
  });

  test("a writing transaction waits for the one before it; readers wait for none", async () => {
    const url = await server.createDatabase();
    const [one, other] = await Promise.all([openPostgres(url), openPostgres(url)]);
    const add = (db: typeof one) =>
      db.transaction().execute(async (trx) => {
        const row = await trx.selectFrom("counters").select("value").executeTakeFirst();
        await trx.deleteFrom("counters").execute();
        await trx
          .insertInto("counters")
          .values({ name: "scan", value: (row?.value ?? 0) + 1 })
          .execute();
      });
    await one.transaction().execute(async (trx) => {
      await trx.insertInto("counters").values({ name: "scan", value: 0 }).execute();
      expect(await other.selectFrom("counters").selectAll().execute()).toEqual([]);
      const reading = other.transaction().setAccessMode("read only");
      expect(
        await reading.execute((snapshot) => snapshot.selectFrom("counters").selectAll().execute()),
      ).toEqual([]);
    });
    await Promise.all(Array.from({ length: 20 }, (_, at) => add(at % 2 === 0 ? one : other)));
    expect(await one.selectFrom("counters").select("value").execute()).toEqual([{ value: 20 }]);
    await Promise.all([one.destroy(), other.destroy()]);
  });

  test("numbers come back as they were stored, or not at all", async () => {
    const db = await openPostgres(await server.createDatabase());
    const rows = [Number.MAX_SAFE_INTEGER, 0, -1].map((value, at) => ({ name: `${at}`, value }));
    await db.insertInto("counters").values(rows).execute();
    expect(await db.selectFrom("counters").selectAll().orderBy("name").execute()).toEqual(rows);
    const sum = db.selectFrom("counters").select((eb) => eb.fn.sum<number>("value").as("sum"));
    expect(await sum.execute()).toEqual([{ sum: Number.MAX_SAFE_INTEGER - 1 }]);
    await db.insertInto("counters").values({ name: "more", value: 10 }).execute();
    await expect(sum.execute()).rejects.toMatchObject({ code: "internal" });
    await db.destroy();
  });

  test("many rows and long lists mean the same as few", async () => {
    const db = await openPostgres(await server.createDatabase());
    const awkward = ["", "a,b", 'quo"te', "back\\slash", "{brace}", "NULL", "null", "ü\n漢", "x'y"];
    const rows = awkward.map((name, value) => ({ name, value }));
    await db.insertInto("counters").values(rows).execute();
    const read = db.selectFrom("counters").selectAll().orderBy("value");
    expect(await read.where("name", "in", awkward).execute()).toEqual(rows);
    expect(await read.where("name", "not in", awkward.slice(1)).execute()).toEqual([rows[0]]);
    expect(
      await read
        .where(
          "value",
          "in",
          rows.map(({ value }) => value),
        )
        .execute(),
    ).toEqual(rows);
    const conflicting = db
      .insertInto("counters")
      .values(awkward.map((name) => ({ name, value: 100 })))
      .onConflict((conflict) =>
        conflict
          .column("name")
          .doUpdateSet((eb) => ({ value: eb("counters.value", "+", eb.ref("excluded.value")) })),
      )
      .returning("value");
    expect((await conflicting.execute()).map(({ value }) => value)).toEqual(
      rows.map(({ value }) => value + 100),
    );
    await db.destroy();
  });

  test("a server that goes away is told, and used again when it is back", async () => {
    const url = await server.createDatabase();
    const db = await openPostgres(url);
    const killing = await openPostgres(url);
    const victims = sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    const waiting = sql`select pg_sleep(30)`.execute(db).catch((error: unknown) => error);
    await expect
      .poll(async () => {
        const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
          where query like 'select pg_sleep%' and state = 'active'`.execute(killing);
        return rows[0]?.n;
      })
      .toBe(1);
    await victims.execute(killing);
    expect(await waiting).toMatchObject({ code: "storage_unavailable" });
    // A connection that lay idle may still be given out until its end is noticed.
    const reading = () => db.selectFrom("scans").selectAll().execute();
    await expect.poll(() => reading().catch(() => undefined)).toEqual([]);
    await Promise.all([db.destroy(), killing.destroy()]);
  });
});
