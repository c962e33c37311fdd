import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { sha256 } from "../../src/app/policy/sha256.ts";
import { runScan } from "../../src/app/scan.ts";
import { createAwsProvider } from "../../src/clouds/aws/provider.ts";
import { AWS_RESOURCE_TYPES } from "../../src/clouds/aws/resource-types.ts";
import { compilePolicy } from "../../src/domain/policy/compile.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import { VERDICTS } from "../../src/domain/compliance/violation.ts";
import type { CellOutcome } from "../../src/domain/scan/cell.ts";
import { narrowScope } from "../../src/domain/scan/narrow.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { createCountingStore, noVerdicts, type VerdictTotals } from "./counting-store.ts";
import { type Figures, SEED, type Setting, startWatch } from "./figures.ts";
import { breakCells } from "./sandbox.ts";

/** Of the repository that the benchmark is started in. */
const POLICY = "sandbox/policy.yaml";
/** Twice this is what a silent cell takes. */
const CALL_TIMEOUT_MS = 5000;

const clock = { now: () => Date.now() };

/** Where a scan writes to, and what can be asked of it afterwards. */
interface Target extends Pick<InventoryStore, "beginScan"> {
  outcomes(): Promise<readonly CellOutcome[]>;
  verdicts(): Promise<VerdictTotals>;
  /** Closes it. */
  close(): Promise<Figures>;
}

/**
 * Our scan: planned, read, judged, stored, and held against what was planted; with faults, a second one
 * into the same database, of which every broken cell and every resource is accounted for.
 */
export async function scan(setting: Setting): Promise<Figures> {
  const { resources, faults, concurrency, cells } = setting;
  const target = setting.store === "sqlite" ? await sqliteTarget() : countingTarget();
  const provider = createAwsProvider({
    roleName: "reader",
    maxInFlight: concurrency,
    callTimeoutMs: CALL_TIMEOUT_MS,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const once = async (name: string): Promise<Figures> => {
    const calls = provider.apiCalls();
    const watch = startWatch();
    const ended = await scanOnce({ target, provider, cells, name });
    return {
      ...watch.read(name),
      ...ended,
      [`${name}_calls`]: provider.apiCalls() - calls,
    };
  };
  try {
    const scanned = await once("scan");
    // Not before: the estate, which it is told of, would count as memory of the scan.
    const truth = createEstate({ seed: SEED, resources, only: "aws" }).truth("aws");
    const clean = { ...scanned, ...(await compareWithTruth(target, truth)) };
    if (faults === 0) return { ...clean, ...(await target.close()) };
    const endpoint = process.env["AWS_ENDPOINT_URL"] ?? "";
    const broken = await breakCells(setting, endpoint);
    const faulty = { ...(await once("faulty")), ...(await compareCells(target, broken, truth)) };
    return { ...clean, ...faulty, ...(await target.close()) };
  } finally {
    await provider.close();
  }
}

async function scanOnce({
  target,
  provider,
  cells,
  name,
}: {
  readonly target: Target;
  readonly provider: ReturnType<typeof createAwsProvider>;
  readonly cells: number;
  readonly name: string;
}): Promise<Figures> {
  const catalogue = createCatalogue(AWS_RESOURCE_TYPES);
  const text = readFileSync(POLICY, "utf8");
  const policy = parsePolicy(text, { catalogue, atMs: clock.now(), sha256 });
  let read = 0;
  const record = await runScan(
    {
      providers: [provider],
      inventory: target,
      clock,
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      ids: { next: () => name },
      cellConcurrency: cells,
    },
    {
      narrowed: narrowScope(EVERYTHING, [provider], catalogue),
      judge: compilePolicy(policy, catalogue),
      snapshot: null,
      signal: new AbortController().signal,
      onProgress: (progress) => {
        read = progress.resources;
      },
    },
  );
  return { [`${name}_status`]: record.status, [`${name}_resources_read`]: read };
}

function countingTarget(): Target {
  let store = createCountingStore();
  return {
    beginScan: (begun) => {
      store = createCountingStore();
      return store.beginScan(begun);
    },
    outcomes: async () => store.outcomes,
    verdicts: async () => store.totals,
    close: async () => ({}),
  };
}

async function sqliteTarget(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "organization-bench-"));
  const path = join(folder, "inventory.db");
  const store = createInventoryStore(await openSqlite(path), { clock });
  return {
    beginScan: (begun) => store.beginScan(begun),
    outcomes: () => store.coverage(EVERYTHING),
    verdicts: async () => {
      const sum = noVerdicts();
      const rows = await store.breakdown({ scope: EVERYTHING, severities: [] });
      for (const { counts } of rows)
        for (const verdict of VERDICTS) sum[verdict] += counts[verdict];
      return sum;
    },
    close: async () => {
      await store.close();
      const megabytes = Math.round(statSync(path).size / 2 ** 20);
      rmSync(folder, { recursive: true });
      return { database_mib: megabytes };
    },
  };
}

interface Truth {
  readonly total: number;
  readonly compliant: number;
  readonly nonCompliant: number;
  readonly exempt: number;
}

/** Zeros where the scan found exactly what was planted. */
async function compareWithTruth(target: Target, truth: Truth): Promise<Figures> {
  const outcomes = await target.outcomes();
  const found = await target.verdicts();
  return {
    scan_cells: outcomes.length,
    scan_cells_incomplete: outcomes.filter(({ status }) => status !== "complete").length,
    off_by_total: totalOf(found) - truth.total,
    off_by_compliant: found.compliant - truth.compliant,
    off_by_non_compliant: found.non_compliant - truth.nonCompliant,
    off_by_exempt: found.exempt - truth.exempt,
    off_by_unknown: found.unknown,
  };
}

/** Zeros where coverage names exactly the broken cells, each with its reason, and nothing is gone. */
async function compareCells(
  target: Target,
  broken: ReadonlyMap<string, string>,
  truth: Truth,
): Promise<Figures> {
  const named = new Map(
    (await target.outcomes())
      .filter(({ status }) => status !== "complete")
      .map(({ cell, reason }) => [`${cell.account} ${cell.region}`, reason]),
  );
  const found = await target.verdicts();
  return {
    faulty_cells: broken.size,
    faulty_cells_not_named: [...broken].filter(([key, why]) => named.get(key) !== why).length,
    faulty_cells_named_wrongly: [...named.keys()].filter((key) => !broken.has(key)).length,
    faulty_resources_gone: truth.total - totalOf(found),
    faulty_resources_unknown: found.unknown,
  };
}

function totalOf(verdicts: VerdictTotals): number {
  return Object.values(verdicts).reduce((sum, count) => sum + count, 0);
}
