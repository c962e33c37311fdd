/**
 * The product as a process of its own, so that its memory is its own: `node product.js <database> <resources> <policy>`.
 * Scans a made-up cloud, scans it again with one resource in a hundred changed, and answers questions
 * meanwhile and afterwards. Prints figures as one line of JSON.
 */
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CheckCompliance,
  type CheckComplianceRequest,
  createCheckCompliance,
} from "../../src/app/check-compliance.ts";
import { createFreshInventory } from "../../src/app/fresh-inventory.ts";
import { sha256 } from "../../src/app/policy/sha256.ts";
import { compilePolicy } from "../../src/domain/policy/compile.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { openTarget } from "../../test/storage/open-target.ts";
import { type Estate, madeUpCloud } from "./estate.ts";

const QUESTIONS = 50;
const PAUSE_MS = 100;
const NS_PER_MS = 1e6;

const [target = "", resources = "0", policy = ""] = process.argv.slice(2);
const estate: Estate = { resources: Number(resources), round: 0 };
const inventory = createInventoryStore(await openTarget(target), { clock: { now: Date.now } });
const check = createCheck(inventory);
const first = await scan("scan");
estate.round = 1;
const second = await scan("rescan");
const measured = {
  ...first,
  ...second,
  ...(await questions()),
  rss_peak_mib: Math.round(process.resourceUsage().maxRSS / 1024),
};
await inventory.close();
process.stdout.write(`${JSON.stringify(measured)}\n`);

function createCheck(store: InventoryStore): CheckCompliance {
  const provider = madeUpCloud(estate);
  const catalogue = createCatalogue(provider.resourceTypes);
  const text = readFileSync(policy, "utf8");
  const parsed = parsePolicy(text, { catalogue, atMs: Date.now(), sha256 });
  const judge = compilePolicy(parsed, catalogue);
  let ids = 0;
  const { ensureFresh } = createFreshInventory({
    providers: [provider],
    inventory: store,
    catalogue,
    judge: () => Promise.resolve(judge),
    clock: { now: Date.now },
    ids: { next: (prefix) => `${prefix}_${Date.now()}_${(ids += 1)}` },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    cellConcurrency: 32,
  });
  return createCheckCompliance({ inventory: store, ensureFresh });
}

function request(changed: Partial<CheckComplianceRequest>): CheckComplianceRequest {
  return {
    clouds: [],
    accounts: [],
    regions: [],
    resourceTypes: [],
    severity: "all",
    maxAgeMinutes: 600,
    refresh: false,
    storeSnapshot: false,
    limit: 50,
    cursor: undefined,
    signal: new AbortController().signal,
    ...changed,
  };
}

/** One scan, with what a user would feel meanwhile. */
async function scan(name: "scan" | "rescan"): Promise<Record<string, number>> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const state = { running: true };
  const scanning = check(request({ refresh: true })).finally(() => {
    state.running = false;
  });
  const askedMs: number[] = [];
  while (state.running) {
    askedMs.push(await took(() => ask()));
    await sleep(PAUSE_MS);
  }
  const result = await scanning;
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  delay.disable();
  if (result.total !== estate.resources) throw new Error(`Stored ${result.total} resources.`);
  return {
    [`${name}_seconds`]: round(seconds),
    [`${name}_cpu_seconds`]: round((user + system) / 1e6),
    [`${name}_event_loop_delay_max_ms`]: round(delay.max / NS_PER_MS),
    [`${name}_event_loop_delay_p99_ms`]: round(delay.percentile(99) / NS_PER_MS),
    [`question_during_${name}_p95_ms`]: quantile(askedMs, 0.95),
    [`question_during_${name}_max_ms`]: quantile(askedMs, 1),
  };
}

/** What a compliance check reads, whether or not a scan has finished yet. */
async function ask(): Promise<void> {
  const filter = { scope: EVERYTHING, severities: [] };
  await Promise.all([inventory.breakdown(filter), inventory.tally(filter)]);
  await inventory.violations(filter, { limit: 50, after: null });
}

async function questions(): Promise<Record<string, number>> {
  const kinds: Readonly<Record<string, Partial<CheckComplianceRequest>>> = {
    unfiltered: {},
    by_cloud: { clouds: ["aws"] },
    by_account: { accounts: ["100000000021"] },
    by_region: { regions: ["eu-west-1"] },
    by_type: { resourceTypes: ["s3:bucket"] },
    by_severity: { severity: "warnings_only" },
  };
  const figures: Record<string, number> = {};
  for (const [kind, changed] of Object.entries(kinds))
    figures[`check_${kind}_p95_ms`] = await p95(() => check(request(changed)));
  const filter = { scope: EVERYTHING, severities: [] };
  const deep = await inventory.violations(filter, { limit: 20_000, after: null });
  figures["violations_first_page_p95_ms"] = await p95(() =>
    inventory.violations(filter, { limit: 100, after: null }),
  );
  figures["violations_deep_page_p95_ms"] = await p95(() =>
    inventory.violations(filter, { limit: 100, after: deep.next }),
  );
  return figures;
}

async function p95(question: () => Promise<unknown>): Promise<number> {
  const runsMs: number[] = [];
  for (let run = 0; run < QUESTIONS; run++) runsMs.push(await took(question));
  return quantile(runsMs, 0.95);
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
