import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Violation } from "../src/domain/compliance/violation.ts";
import type { Cell } from "../src/domain/scan/cell.ts";
import { EVERYTHING } from "../src/domain/scan/scope.ts";
import type { InventoryFilter, InventoryStore, JudgedResource } from "../src/ports/inventory.ts";
import { createInventoryStore } from "../src/storage/inventory.ts";
import { openSqlite } from "../src/storage/sqlite.ts";

const PAGE_SIZE = 1_000;
const QUERY_RUNS = 30;
const ACCOUNTS = 40;
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1"];
const TYPES = ["ec2:instance", "ec2:volume", "s3:bucket", "rds:db", "lambda:function"];
const PAGE = { limit: 50, after: null };

/**
 * Stores a made-up estate twice (a first scan, then a second in which one resource in a hundred has
 * changed) and asks the questions of a compliance check. No network, no judging: the store alone.
 */
export async function run(
  options: { resources?: number } = {},
): Promise<Record<string, number | string>> {
  const resources = options.resources ?? 200_000;
  const folder = mkdtempSync(join(tmpdir(), "inventory-bench-"));
  const path = join(folder, "inventory.db");
  const store = createInventoryStore(await openSqlite(path), { clock: { now: Date.now } });
  try {
    const first = await scan(store, resources, 0);
    const second = await scan(store, resources, 1);
    const figures = {
      resources,
      first_scan_resources_per_second: Math.round(resources / first.seconds),
      first_scan_violations: first.violations,
      first_scan_page_p95_ms: first.pageP95Ms,
      first_scan_resources_per_cpu_second: Math.round(resources / first.cpuSeconds),
      second_scan_resources_per_second: Math.round(resources / second.seconds),
      second_scan_resources_per_cpu_second: Math.round(resources / second.cpuSeconds),
      ...(await questions(store)),
      rss_mib: Math.round(process.memoryUsage.rss() / 2 ** 20),
    };
    await store.close();
    return { ...figures, database_bytes_per_resource: Math.round(statSync(path).size / resources) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface ScanFigures {
  readonly seconds: number;
  /** Of this process; on a busy machine or a slow disk far less than `seconds`. */
  readonly cpuSeconds: number;
  readonly violations: number;
  readonly pageP95Ms: number;
}

async function scan(store: InventoryStore, resources: number, round: number): Promise<ScanFigures> {
  const cells = ACCOUNTS * REGIONS.length * TYPES.length;
  const perCell = Math.ceil(resources / cells);
  const pagesMs: number[] = [];
  const watch = stopwatch();
  let violations = 0;
  let made = 0;
  const writer = await store.beginScan({
    id: `scan-${round}`,
    scope: EVERYTHING,
    startedAt: Date.now(),
    policyHash: "bench",
    snapshot: false,
  });
  for (let index = 0; index < cells; index++) {
    const cell = cellAt(index);
    const count = Math.min(perCell, resources - made);
    for (let from = 0; from < count; from += PAGE_SIZE) {
      const size = Math.min(PAGE_SIZE, count - from);
      const page = Array.from({ length: size }, (_, i) => judged(cell, made + from + i, round));
      violations += page.reduce((sum, { judgement }) => sum + judgement.violations.length, 0);
      pagesMs.push(await watch.time(() => writer.saveResources(cell, page)));
    }
    made += count;
    await watch.time(() =>
      writer.endCell({ cell, status: "complete", reason: null, resources: count }),
    );
  }
  await watch.time(() => writer.finish("complete"));
  return { ...watch.total, violations, pageP95Ms: quantile(pagesMs, 0.95) };
}

/** Adds up what the store takes, without the time to make the pages. */
function stopwatch(): {
  readonly total: { seconds: number; cpuSeconds: number };
  /** @returns milliseconds. */
  time(work: () => Promise<unknown>): Promise<number>;
} {
  const total = { seconds: 0, cpuSeconds: 0 };
  return {
    total,
    time: async (work) => {
      const startedAt = performance.now();
      const cpuBefore = process.cpuUsage();
      await work();
      const cpu = process.cpuUsage(cpuBefore);
      const tookMs = performance.now() - startedAt;
      total.seconds += tookMs / 1_000;
      total.cpuSeconds += (cpu.user + cpu.system) / 1_000_000;
      return tookMs;
    },
  };
}

function cellAt(index: number): Cell {
  const account = String(100_000_000_000 + Math.floor(index / (REGIONS.length * TYPES.length)));
  return {
    cloud: "aws",
    account,
    region: REGIONS[Math.floor(index / TYPES.length) % REGIONS.length] ?? "",
    resourceType: TYPES[index % TYPES.length] ?? "",
  };
}

/** Half of the resources break a rule, some of them two; ids are as scattered as real ones. */
function judged(cell: Cell, index: number, round: number): JudgedResource {
  const scattered = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  const changed = round > 0 && index % 100 === 0;
  const team = changed ? "team-moved" : `team-${index % 30}`;
  const violations = [
    ...(index % 2 === 0 ? [violation("CostCenter", "error", null)] : []),
    ...(index % 4 === 0 ? [violation("Environment", "warning", "produktion")] : []),
  ];
  return {
    resource: {
      cloud: cell.cloud,
      account: cell.account,
      region: cell.region,
      type: cell.resourceType,
      id: `arn:aws:${cell.resourceType.replace(":", `:${cell.region}:${cell.account}:`)}/i-${scattered.toString(16).padStart(17, "0")}`,
      tags: [
        { key: "Name", value: `workload-${index}` },
        { key: "Team", value: team },
        { key: "Environment", value: "produktion" },
        { key: "Application", value: `checkout-service-${index % 500}` },
      ],
      createdAt: "2026-03-14T09:26:53.000Z",
    },
    judgement: { verdict: index % 2 === 0 ? "non_compliant" : "compliant", violations },
  };
}

function violation(tag: string, severity: "error" | "warning", actual: string | null): Violation {
  return {
    kind: actual === null ? "missing_required_tag" : "invalid_value",
    tag,
    severity,
    expected: "one of production, staging, development, test",
    actual,
    suggestion: actual === null ? null : "production",
    rule: `required_tags.${tag}`,
  };
}

async function questions(store: InventoryStore): Promise<Record<string, number>> {
  const all: InventoryFilter = { scope: EVERYTHING, severities: [] };
  const one: InventoryFilter = {
    scope: { ...EVERYTHING, accounts: ["100000000039"], resourceTypes: ["lambda:function"] },
    severities: ["warning"],
  };
  const deep = await pageInTheMiddle(store, all);
  return {
    ...(await timed("breakdown", () => store.breakdown(all))),
    ...(await timed("tally", () => store.tally(all))),
    ...(await timed("first_page", () => store.violations(all, PAGE))),
    ...(await timed("deep_page", () => store.violations(all, deep))),
    ...(await timed("narrow_page", () => store.violations(one, PAGE))),
    ...(await timed("coverage", () => store.coverage(EVERYTHING))),
    ...(await timed("latest_scan", () => store.latestScanCovering(EVERYTHING))),
  };
}

async function pageInTheMiddle(
  store: InventoryStore,
  filter: InventoryFilter,
): Promise<{ limit: number; after: { afterRow: number } | null }> {
  const head = await store.violations(filter, { limit: 20_000, after: null });
  return { limit: PAGE.limit, after: head.next };
}

async function timed(
  name: string,
  question: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const runsMs: number[] = [];
  for (let index = 0; index < QUERY_RUNS; index++) {
    const startedAt = performance.now();
    await question();
    runsMs.push(performance.now() - startedAt);
  }
  return {
    [`${name}_p50_ms`]: quantile(runsMs, 0.5),
    [`${name}_p95_ms`]: quantile(runsMs, 0.95),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Math.round(value * 100) / 100;
}
