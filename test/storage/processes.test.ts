import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { MIGRATIONS } from "../../src/storage/migrate.ts";
import type { Database } from "../../src/storage/schema.ts";
import { counts } from "./estate.ts";
import { openTarget } from "./open-target.ts";
import { missingPostgres, type PostgresServer, startPostgres } from "./postgres-server.ts";
import { keptCounts, recount } from "./recount.ts";
import { temporaryFolder } from "./sqlite-file.ts";

const WRITER = join(import.meta.dirname, "writer-process.ts");
const PAGE_SIZE = 40;

// Ten Node processes start and write on what may be two busy cores.
const TIMEOUT_MS = 120_000;

interface Writer {
  readonly process: ChildProcess;
  /** Lines of stdout so far. */
  readonly lines: () => readonly string[];
  readonly stderr: () => string;
  /** Resolves with the exit code, null when it was killed. */
  readonly ended: Promise<number | null>;
}

function startWriter(target: string, name: string, pages: number): Writer {
  const args = [WRITER, target, name, String(pages), String(PAGE_SIZE)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => {
    stdout += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
  });
  return {
    process: child,
    // The last piece is empty or half a line: only whole lines were said.
    lines: () => stdout.split("\n").slice(0, -1),
    stderr: () => stderr,
    ended: once(child, "close").then(([code]) => (typeof code === "number" ? code : null)),
  };
}

const pagesOf = (writer: Writer): number =>
  writer.lines().filter((line) => line.startsWith("page ")).length;

/** What SQLite finds wrong with its file; PostgreSQL looks after its own. */
async function damage(db: Kysely<Database>, target: string): Promise<string> {
  if (target.startsWith("postgres:")) return "ok";
  const check = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
  return check.rows.map((row) => row.integrity_check).join();
}

function processTests(newTarget: () => Promise<string>): void {
  let target: string;
  beforeEach(async () => {
    target = await newTarget();
  });

  test("ten processes that create, migrate and write one database at once lose nothing", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const pages = 10;
    const names = "abcdefghij".split("");
    const writers = names.map((name) => startWriter(target, name, pages));
    const codes = await Promise.all(writers.map((writer) => writer.ended));
    expect(writers.map((writer) => writer.stderr())).toEqual(names.map(() => ""));
    expect(codes).toEqual(names.map(() => 0));
    // One key, whoever made it.
    expect(new Set(writers.map((writer) => writer.lines()[0])).size).toBe(1);

    const db = await openTarget(target);
    const store = createInventoryStore(db, { clock: { now: Date.now } });
    const stored = await db.selectFrom("resources").select("resource_key").execute();
    expect(new Set(stored.map((row) => row.resource_key)).size).toBe(
      names.length * pages * PAGE_SIZE,
    );
    expect(await keptCounts(db)).toEqual(await recount(db));
    const scans = await db.selectFrom("scans").select(["id", "status"]).orderBy("id").execute();
    expect(scans).toEqual(names.map((name) => ({ id: `scan_${name}`, status: "complete" })));
    expect(await db.selectFrom("schema_migrations").select("name").execute()).toHaveLength(
      MIGRATIONS.length,
    );
    await store.close();
  });

  test("a process killed in mid-scan loses no stored page, and its scan is failed once it is surely dead", {
    timeout: TIMEOUT_MS,
  }, async () => {
    // Kill at points spread over a scan: while opening, within pages, near and after the end of its cell.
    const killAfterPages = [0, 1, 2, 4, 7, 11, 15, 19, 23, 27, 29, 30];
    let failed = 0;
    for (const [round, after] of killAfterPages.entries()) {
      const writer = startWriter(target, `kill-${round}`, 30);
      await expect
        .poll(() => pagesOf(writer) >= after, { interval: 1, timeout: 60_000 })
        .toBe(true);
      writer.process.kill("SIGKILL");
      await writer.ended;
      const told = pagesOf(writer);

      const db = await openTarget(target);
      const store = createInventoryStore(db, { clock: { now: Date.now } });
      expect(await damage(db, target)).toBe("ok");
      expect(await keptCounts(db)).toEqual(await recount(db));
      const { stored } = await db
        .selectFrom("resources")
        .select((eb) => eb.fn.countAll<number>().as("stored"))
        .where("resource_key", "like", `i-kill-${round}-%`)
        .executeTakeFirstOrThrow();
      // All it told of, whole pages only.
      expect(stored % PAGE_SIZE).toBe(0);
      expect(stored).toBeGreaterThanOrEqual(told * PAGE_SIZE);
      // Its process is of this machine, so nobody waits for its silence.
      failed += await store.failAbandonedScans();
      await store.close();
    }
    expect(failed).toBeGreaterThan(0);
    const db = await openTarget(target);
    const store = createInventoryStore(db, { clock: { now: Date.now } });
    const scans = await db.selectFrom("scans").select("status").execute();
    expect(scans.filter(({ status }) => status === "failed")).toHaveLength(failed);
    expect(scans.filter(({ status }) => status === "running")).toEqual([]);
    const finished = scans.filter(({ status }) => status === "complete").length;
    expect(await store.coverage(EVERYTHING)).toHaveLength(finished);
    expect(await counts(store)).toHaveProperty("compliant");
    await store.close();
  });

  test("a scan of a live process is not taken for abandoned by another", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const writer = startWriter(target, "alive", 100_000);
    await expect.poll(() => pagesOf(writer), { interval: 5, timeout: 60_000 }).toBeGreaterThan(2);
    const store = createInventoryStore(await openTarget(target), { clock: { now: Date.now } });
    expect(await store.failAbandonedScans()).toBe(0);
    const seen = pagesOf(writer);
    await expect
      .poll(() => pagesOf(writer), { interval: 5, timeout: 60_000 })
      .toBeGreaterThan(seen);
    writer.process.kill("SIGKILL");
    await writer.ended;
    expect(writer.stderr()).toBe("");
    await store.close();
  });
}

describe("SQLite", () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  let made = 0;
  processTests(() => Promise.resolve(join(folder.path, `${++made}.db`)));
});

describe.skipIf(missingPostgres !== undefined)(`PostgreSQL${missingPostgres ?? ""}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  processTests(() => server.createDatabase());
});
