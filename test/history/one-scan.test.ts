import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTarget } from "../storage/open-target.ts";
import { missingPostgres, type PostgresServer, startPostgres } from "../storage/postgres-server.ts";
import { temporaryFolder } from "../storage/sqlite-file.ts";

const ASKER = join(import.meta.dirname, "asking-process.ts");
// Ten Node processes start on what may be two busy cores.
const TIMEOUT_MS = 120_000;

interface Asker {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  ask(): void;
  readonly answer: () => string | undefined;
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
}

function startAsker(target: string, scope: string, cellMs: number): Asker {
  const child = spawn(process.execPath, [ASKER, target, scope, String(cellMs)]);
  let [stdout, stderr] = ["", ""];
  const ready = Promise.withResolvers<void>();
  child.stdout.on("data", (data: Buffer) => {
    stdout += data.toString();
    if (stdout.includes("ready\n")) ready.resolve();
  });
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
  });
  const ended = once(child, "close").then(([code]) => {
    ready.resolve();
    return typeof code === "number" ? code : null;
  });
  return {
    process: child,
    ready: ready.promise,
    ask: () => void child.stdin.write("go\n"),
    answer: () => stdout.split("\n").find((line) => line.startsWith("answer ")),
    stderr: () => stderr,
    ended,
  };
}

function tests(newTarget: () => Promise<string>): void {
  let target: string;
  const askers: Asker[] = [];
  beforeEach(async () => {
    target = await newTarget();
  });
  afterEach(() => {
    for (const asker of askers.splice(0)) asker.process.kill("SIGKILL");
  });
  const start = (scope: string, cellMs: number): Asker => {
    const asker = startAsker(target, scope, cellMs);
    askers.push(asker);
    return asker;
  };
  const scans = async () => {
    const db = await openTarget(target);
    const rows = await db.selectFrom("scans").select("status").orderBy("no").execute();
    await db.destroy();
    return rows.map(({ status }) => status);
  };

  test("ten processes ask for one scope: one scans, all answer right", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const all = Array.from({ length: 10 }, () => start("all", 150));
    await Promise.all(all.map(({ ready }) => ready));
    for (const asker of all) asker.ask();
    const codes = await Promise.all(all.map(({ ended }) => ended));
    expect(codes).toEqual(all.map(() => 0));
    expect(all.map(({ answer }) => answer())).toEqual(all.map(() => "answer 3 1 true"));
    expect(all.map(({ stderr }) => stderr()).join("")).toBe("scanned\n");
    expect(await scans()).toEqual(["complete"]);
  });

  test("a question about a part of what is being scanned waits for that scan", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const [wide, narrow] = [start("all", 500), start("eu-west-1", 500)];
    await Promise.all([wide.ready, narrow.ready]);
    wide.ask();
    await expect.poll(() => wide.stderr(), { interval: 10, timeout: 60_000 }).toBe("scanned\n");
    narrow.ask();
    expect(await Promise.all([wide.ended, narrow.ended])).toEqual([0, 0]);
    expect(narrow.answer()).toBe("answer 1 1 true");
    expect(narrow.stderr()).toBe("");
    expect(await scans()).toEqual(["complete"]);
  });

  test("when the process that scans is killed, one of those who wait takes over", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const first = start("all", 60_000);
    const others = [start("all", 20), start("all", 20)];
    await Promise.all([first, ...others].map(({ ready }) => ready));
    first.ask();
    await expect.poll(() => first.stderr(), { interval: 10, timeout: 60_000 }).toBe("scanned\n");
    for (const other of others) other.ask();
    first.process.kill("SIGKILL");
    expect(await Promise.all(others.map(({ ended }) => ended))).toEqual([0, 0]);
    expect(others.map(({ answer }) => answer())).toEqual(["answer 3 1 true", "answer 3 1 true"]);
    expect(await scans()).toEqual(["failed", "complete"]);
  });
}

describe("one scan at a time, SQLite", () => {
  const folder = temporaryFolder();
  let files = 0;
  afterAll(() => folder.remove());
  tests(() => {
    files += 1;
    return Promise.resolve(join(folder.path, `${files}.db`));
  });
});

describe.skipIf(missingPostgres !== undefined)(
  `one scan at a time, ${missingPostgres ?? "PostgreSQL"}`,
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    }, TIMEOUT_MS);
    afterAll(() => server.stop());
    tests(() => server.createDatabase());
  },
);
