import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

const COMMAND = fileURLToPath(new URL("command-line.ts", import.meta.url));
/** The two that are read in few calls, so that the latency does not make the test long. */
const CLOUDS_READ = ["--cloud", "azure,gcp"];
/** Added to every answer, so that the kill meets the scan in its middle. */
const LATENCY_MS = 250;

describe("a scan whose process is killed", () => {
  let sandboxed: SandboxedApplication;
  beforeAll(async () => {
    sandboxed = await startSandboxed({
      estate: { seed: 21, resources: 2_000 },
      latencyMs: LATENCY_MS,
    });
  });
  afterAll(() => sandboxed.close());

  const start = (args: readonly string[]): ChildProcess => {
    const { environment } = sandboxed;
    const config = `${environment["TAG_COMPLIANCE_DATA_DIR"]}/config.yaml`;
    return spawn(process.execPath, [COMMAND, ...args, "--config", config], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
  };

  const runToEnd = async (args: readonly string[]): Promise<unknown> => {
    const child = start(args);
    let out = "";
    child.stdout?.on("data", (chunk) => {
      out += String(chunk);
    });
    child.stderr?.resume();
    await once(child, "close");
    return JSON.parse(out);
  };

  /** Scans and pages that the database holds, read beside whoever else uses it. */
  const stored = async (): Promise<{ readonly statuses: string[]; readonly resources: number }> => {
    const path = `${sandboxed.environment["TAG_COMPLIANCE_DATA_DIR"]}/inventory.db`;
    const db = await openSqlite(path);
    try {
      const scans = await db.selectFrom("scans").select("status").orderBy("no").execute();
      const { count } = await db
        .selectFrom("resources")
        .select((eb) => eb.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      return { statuses: scans.map(({ status }) => status), resources: count };
    } finally {
      await db.destroy();
    }
  };

  test("leaves nothing half believed: the next start reads everything anew and is right", async () => {
    const child = start(["scan", "--json", ...CLOUDS_READ]);
    const ended = once(child, "close");
    child.stdout?.resume();
    child.stderr?.resume();
    await expect
      .poll(async () => (await stored()).statuses, { interval: 20, timeout: 60_000 })
      .toEqual(["running"]);
    child.kill("SIGKILL");
    await ended;
    const killed = await stored();
    expect(killed.statuses).toEqual(["running"]);
    const { estate } = sandboxed.sandbox;
    const truths = (["azure", "gcp"] as const).map((cloud) => estate.truth(cloud));
    const planted = truths.reduce((total, truth) => total + truth.total, 0);
    expect(killed.resources).toBeLessThan(planted);

    // Any age is allowed, and still the stored pages of the killed scan do not answer.
    const answer = await runToEnd(["check", "--json", ...CLOUDS_READ, "--max-age", "1000"]);
    const sum = (of: "compliant" | "nonCompliant"): number =>
      truths.reduce((total, truth) => total + truth[of], 0);
    expect(answer).toMatchObject({
      scanned: true,
      total: planted,
      counts: { compliant: sum("compliant"), non_compliant: sum("nonCompliant"), unknown: 0 },
      coverage: { complete: true },
    });
    expect((await stored()).statuses.at(-1)).toBe("complete");
  }, 180_000);
});
