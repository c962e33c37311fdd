import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { writeBillFile } from "../../sandbox/estate/bill-files.ts";
import { createBill } from "../../sandbox/estate/bill.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createCostFiles } from "../../src/cost-files/cost-files.ts";
import { allGroups, NEVER } from "./billed-groups.ts";

afterEach(() => vi.unstubAllEnvs());

const ROUNDS = 30;
const files = createCostFiles({ threads: 2 });
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reader-thread-"));
  path = await writeBillFile(
    createBill(createEstate({ seed: 9, resources: 3_000 })),
    { from: "2026-09-01", until: "2026-11-01" },
    { path: join(folder, "bill"), format: "focus-csv" },
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function begin(signal: AbortSignal) {
  const tags = [{ tag: "CostCenter", spellings: ["CostCenter"], ignoreCase: false }];
  const keys = { aws: tags, azure: tags, gcp: tags };
  return files.read({ paths: [path], format: "auto", keys, period: null }, signal);
}

// A thread that is killed while native code runs in it takes the process along: then there is no result at all.
it(`${ROUNDS} readings stopped wherever they are leave a process that reads the same bill`, async () => {
  const whole = (await allGroups(begin(NEVER))).length;
  const outcomes = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const stop = new AbortController();
    const reading = allGroups(begin(stop.signal)).then(
      (groups) => (groups.length === whole ? "read" : "cut short"),
      (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "?"),
    );
    // From before DuckDB is loaded to the pages of the answer.
    await wait(round * 12);
    stop.abort();
    outcomes.add(await reading);
  }
  expect([...outcomes].filter((outcome) => outcome !== "read")).toEqual(["cancelled"]);
  expect((await allGroups(begin(NEVER))).length).toBe(whole);
});

it("a reader that is left after its first page ends its thread and leaves no file behind", async () => {
  const own = await mkdtemp(join(folder, "tmp-"));
  vi.stubEnv("TMPDIR", own);
  for await (const groups of begin(NEVER).groups) {
    expect(groups.length).toBeGreaterThan(0);
    expect(await readdir(own)).toHaveLength(1);
    break;
  }
  expect(await readdir(own)).toEqual([]);
});
