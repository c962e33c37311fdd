import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { EVERYTHING } from "../src/domain/scan/scope.ts";
import { createInventoryStore } from "../src/storage/inventory.ts";
import { openTarget } from "../test/storage/open-target.ts";
import { startPostgres } from "../test/storage/postgres-server.ts";
import { keptCounts, recount } from "../test/storage/recount.ts";

const WRITER = join(import.meta.dirname, "../test/storage/writer-process.ts");
const PAGES = 30;
const PAGE_SIZE = 40;

interface Options {
  /** Processes killed; default 50. */
  readonly kills?: string;
  /** `sqlite`, the default, or `postgres`. */
  readonly engine?: string;
}

/**
 * Kills processes that scan into one database, each at a random moment of its scan, and
 * looks after each whether anything was lost or half done. Then one process scans to its end.
 * @throws when a stored page is missing, a page is half stored, counts differ from rows, SQLite finds its
 * file damaged, or a killed scan is believed.
 */
export async function run(options: Options = {}): Promise<Record<string, number>> {
  const kills = Number(options.kills ?? 50);
  const folder = mkdtempSync(join(tmpdir(), "kill-bench-"));
  const server = options.engine === "postgres" ? await startPostgres({ durable: true }) : undefined;
  try {
    const target = (await server?.createDatabase()) ?? join(folder, "inventory.db");
    const whole = await write(target, "warm-up", undefined);
    const figures = { kills: 0, before_a_page: 0, pages_told: 0, pages_stored: 0, came_to_end: 0 };
    for (let round = 0; round < kills; round++) {
      const name = `kill-${round}`;
      const { told, ended } = await write(target, name, Math.random() * whole.scanMs);
      const stored = await inspect(target, name, { told, ended });
      figures.kills += 1;
      figures.before_a_page += told === 0 ? 1 : 0;
      figures.pages_told += told;
      figures.pages_stored += stored;
      figures.came_to_end += ended ? 1 : 0;
    }
    const last = await write(target, "last", undefined);
    await inspect(target, "last", last);
    return figures;
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Written {
  /** Pages that the process said were stored. */
  readonly told: number;
  /** It came to the end of its scan. */
  readonly ended: boolean;
  /** From the opened database to the end. */
  readonly scanMs: number;
}

async function write(
  target: string,
  name: string,
  killAfterMs: number | undefined,
): Promise<Written> {
  const args = [WRITER, target, name, String(PAGES), String(PAGE_SIZE)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (data: Buffer) => {
    said += data.toString();
  });
  const closed = once(child, "close");
  await Promise.race([once(child.stdout, "data"), closed]);
  const openedAt = performance.now();
  if (killAfterMs !== undefined) {
    await Promise.race([sleep(killAfterMs), closed]);
    child.kill("SIGKILL");
  }
  const [code] = await closed;
  const told = said.split("\n").filter((line) => line.startsWith("page ")).length;
  return { told, ended: code === 0, scanMs: performance.now() - openedAt };
}

/** @returns the pages of this scan that are stored. */
async function inspect(
  target: string,
  name: string,
  { told, ended }: Pick<Written, "told" | "ended">,
): Promise<number> {
  const db = await openTarget(target);
  const store = createInventoryStore(db, { clock: { now: Date.now } });
  if (!target.startsWith("postgres:")) {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
    require(rows[0]?.integrity_check === "ok", name, "the file is damaged");
  }
  const [kept, counted] = [await keptCounts(db), await recount(db)];
  require(JSON.stringify(sorted(kept)) === JSON.stringify(sorted(counted)), name, "counts differ");
  const { found } = await db
    .selectFrom("resources")
    .select((eb) => eb.fn.countAll<number>().as("found"))
    .where("resource_key", "like", `i-${name}-%`)
    .executeTakeFirstOrThrow();
  require(found % PAGE_SIZE === 0, name, "a page is half stored");
  require(found >= told * PAGE_SIZE, name, "a page that was told is lost");
  const scan = await store.findScan(`scan_${name}`);
  require(!ended || scan?.status === "complete", name, "a finished scan is not complete");
  const cells = await store.coverage(EVERYTHING);
  const believed = cells.some(({ cell }) => cell.region === `region-${name}`);
  require(believed === (scan?.status === "complete"), name, "a killed scan is believed");
  await store.close();
  return found / PAGE_SIZE;
}

function sorted(counts: Awaited<ReturnType<typeof recount>>): unknown {
  return Object.values(counts).map((part) =>
    Object.entries<number>(part).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function require(holds: boolean, name: string, complaint: string): void {
  if (!holds) throw new Error(`${name}: ${complaint}.`);
}
