import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { z } from "zod";
import { issueCredentials, SECRET_ACCESS_KEY } from "../sandbox/aws/credentials.ts";
import { startAws } from "../sandbox/aws/server.ts";
import { createWorld } from "../sandbox/aws/world.ts";
import { createEstate } from "../sandbox/estate/estate.ts";
import { createFaultPlan } from "../sandbox/faults.ts";
import { sha256 } from "../src/app/policy/sha256.ts";
import { runScan } from "../src/app/scan.ts";
import { createAwsProvider } from "../src/clouds/aws/provider.ts";
import { AWS_RESOURCE_TYPES } from "../src/clouds/aws/resource-types.ts";
import { compilePolicy } from "../src/domain/policy/compile.ts";
import { parsePolicy } from "../src/domain/policy/parse.ts";
import { createCatalogue } from "../src/domain/resource-type.ts";
import { narrowScope } from "../src/domain/scan/narrow.ts";
import { EVERYTHING } from "../src/domain/scan/scope.ts";
import type { InventoryStore } from "../src/ports/inventory.ts";
import { createInventoryStore } from "../src/storage/inventory.ts";
import { openSqlite } from "../src/storage/sqlite.ts";

/**
 * An organization of up to 200 accounts in 17 Regions, simulated by a process of its own with AWS's
 * quota of 15 tagging calls a second for each account and Region: how long a whole scan takes (read,
 * judged, stored) beside a bare sweep of the tagging API by the plain SDK, which sees no never-tagged
 * resource, judges and stores nothing. Each in a fresh process, in one run, with the same concurrency.
 * The figures are client throughput against a simulated endpoint, not the speed of AWS.
 *
 * Options: `resources` (default 100000, up to 1000000), `latency` milliseconds (100), `concurrency` of
 * calls (64), `cells` read at the same time (256: those of one account wait for its one list together).
 */
type Figures = Record<string, number | string>;
const Environment = z.record(z.string(), z.string());
const Printed = z
  .record(z.string(), z.union([z.number(), z.string()]))
  .transform(({ bench: _bench, node: _node, ...figures }): Figures => figures);
type Options = Readonly<Record<string, string>>;

const SEED = 1;
const CALLS_PER_SECOND = 15;
const BENCH = fileURLToPath(new URL("../scripts/bench.ts", import.meta.url));
const POLICY = new URL("../sandbox/policy.yaml", import.meta.url);

export async function run(options: Options = {}): Promise<Figures> {
  const resources = Number(options["resources"] ?? 100_000);
  const concurrency = Number(options["concurrency"] ?? 64);
  const latency = Number(options["latency"] ?? 100);
  if (options["part"] === "sandbox") return serve(resources, latency);
  if (options["part"] === "sweep") return sweep(resources, concurrency);
  const cells = Number(options["cells"] ?? 256);
  if (options["part"] === "scan") return scan(resources, concurrency, cells);
  return compare({ resources, concurrency, latency, cells });
}

async function compare(setting: Readonly<Record<Setting, number>>): Promise<Figures> {
  const { resources, latency, concurrency, cells } = setting;
  const sandbox = await startSandbox(resources, latency);
  try {
    const flags = Object.entries({ resources, concurrency, cells });
    const part = (name: string): Promise<Figures> =>
      runPart(sandbox.env, [
        "--part",
        name,
        ...flags.flatMap(([flag, n]) => [`--${flag}`, `${n}`]),
      ]);
    const bare = await part("sweep");
    const own = await part("scan");
    const ratio = Number(own["scan_seconds"]) / Number(bare["sweep_seconds"]);
    return { ...setting, ...bare, ...own, ratio: round(ratio) };
  } finally {
    await sandbox.stop();
  }
}

type Setting = "resources" | "concurrency" | "latency" | "cells";

/** The simulated organization in a process of its own, so that its work and memory are its own too. */
async function startSandbox(
  resources: number,
  latency: number,
): Promise<{ readonly env: NodeJS.ProcessEnv; stop(): Promise<void> }> {
  const flags = ["--part", "sandbox", "--resources", `${resources}`, "--latency", `${latency}`];
  const child = spawn(process.execPath, [BENCH, "aws-organization", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [printed] = await once(child.stdout, "data");
  return {
    env: { ...process.env, ...Environment.parse(JSON.parse(String(printed))) },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Prints the environment that leads to it, and serves until it is stopped. */
async function serve(resources: number, latencyMs: number): Promise<Figures> {
  const faults = createFaultPlan([]);
  const estate = createEstate({ seed: SEED, resources, only: "aws" });
  const server = await startAws({
    estate,
    faults,
    latencyMs,
    port: 0,
    ratePerSecond: CALLS_PER_SECOND,
  });
  process.stdout.write(JSON.stringify(server.env));
  await once(process, "SIGTERM");
  await server.close();
  return {};
}

function runPart(env: NodeJS.ProcessEnv, flags: readonly string[]): Promise<Figures> {
  const child = spawn(process.execPath, [BENCH, "aws-organization", "--json", ...flags], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => {
      if (code !== 0) return reject(new Error(`A part of the benchmark ended with code ${code}.`));
      return resolve(Printed.parse(JSON.parse(text)));
    });
  });
}

/** Every page of every account and Region by the plain SDK, nothing kept. */
async function sweep(resources: number, concurrency: number): Promise<Figures> {
  const world = createWorld(createEstate({ seed: SEED, resources, only: "aws" }));
  const places = world.accounts.flatMap(({ id }) =>
    world
      .regions(id)
      .filter(({ optInStatus }) => optInStatus !== "not-opted-in")
      .map(({ name }) => ({ account: id, region: name })),
  );
  const requestHandler = new NodeHttpHandler({
    httpAgent: { keepAlive: true, maxSockets: concurrency },
  });
  const watch = startWatch();
  let pages = 0;
  let rows = 0;
  const queue = places.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const { account, region } of queue) {
        const client = new ResourceGroupsTaggingAPIClient({
          region,
          requestHandler,
          maxAttempts: 6,
          credentials: {
            ...issueCredentials({ account, role: "reader", session: "sweep" }),
            secretAccessKey: SECRET_ACCESS_KEY,
          },
        });
        let token: string | undefined;
        do {
          const command = new GetResourcesCommand({
            ResourcesPerPage: 100,
            PaginationToken: token,
          });
          const answer = await client.send(command);
          rows += answer.ResourceTagMappingList?.length ?? 0;
          pages += 1;
          token = answer.PaginationToken || undefined;
        } while (token !== undefined);
      }
    }),
  );
  return { sweep_pages: pages, sweep_rows: rows, ...watch.read("sweep") };
}

/** Our scan: planned, read, judged, stored in SQLite, and held against what was planted. */
async function scan(resources: number, concurrency: number, cells: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "organization-bench-"));
  const path = join(folder, "inventory.db");
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const clock = { now: () => Date.now() };
  const catalogue = createCatalogue(AWS_RESOURCE_TYPES);
  const provider = createAwsProvider({ roleName: "reader", maxInFlight: concurrency, logger });
  const inventory = createInventoryStore(await openSqlite(path), { clock });
  try {
    const text = readFileSync(POLICY, "utf8");
    const policy = parsePolicy(text, { catalogue, atMs: clock.now(), sha256 });
    const judge = compilePolicy(policy, catalogue);
    const narrowed = narrowScope(EVERYTHING, [provider], catalogue);
    const watch = startWatch();
    let seen = 0;
    const record = await runScan(
      {
        providers: [provider],
        inventory,
        clock,
        logger,
        ids: { next: () => "scan" },
        cellConcurrency: cells,
      },
      {
        narrowed,
        judge,
        snapshot: false,
        signal: new AbortController().signal,
        onProgress: (progress) => {
          seen = progress.resources;
        },
      },
    );
    return {
      ...watch.read("scan"),
      scan_status: record.status,
      scan_calls: provider.apiCalls(),
      ...(await compareWithTruth(inventory, { seen, resources })),
      database_mib: Math.round(statSync(path).size / 2 ** 20),
    };
  } finally {
    await inventory.close();
    await provider.close();
    rmSync(folder, { recursive: true });
  }
}

/** Zeros where the scan found exactly what was planted. */
async function compareWithTruth(
  inventory: InventoryStore,
  { seen, resources }: { readonly seen: number; readonly resources: number },
): Promise<Figures> {
  const outcomes = await inventory.coverage(EVERYTHING);
  const counts = await countVerdicts(inventory);
  const truth = createEstate({ seed: SEED, resources, only: "aws" }).truth("aws");
  return {
    scan_cells: outcomes.length,
    scan_cells_incomplete: outcomes.filter(({ status }) => status !== "complete").length,
    scan_resources_read: seen,
    off_by_total: seen - truth.total,
    off_by_compliant: counts.compliant - truth.compliant,
    off_by_non_compliant: counts.non_compliant - truth.nonCompliant,
    off_by_exempt: counts.exempt - truth.exempt,
    off_by_unknown: counts.unknown,
  };
}

async function countVerdicts(
  inventory: InventoryStore,
): Promise<Record<"compliant" | "non_compliant" | "exempt" | "unknown", number>> {
  const sum = { compliant: 0, non_compliant: 0, exempt: 0, unknown: 0 };
  const rows = await inventory.breakdown({ scope: EVERYTHING, severities: [] });
  for (const { counts } of rows) {
    sum.compliant += counts.compliant;
    sum.non_compliant += counts.non_compliant;
    sum.exempt += counts.exempt;
    sum.unknown += counts.unknown;
  }
  return sum;
}

function startWatch(): { read(name: string): Figures } {
  const cpu = process.cpuUsage();
  const began = performance.now();
  return {
    read: (name) => {
      const used = process.cpuUsage(cpu);
      return {
        [`${name}_seconds`]: round((performance.now() - began) / 1000),
        [`${name}_cpu_seconds`]: round((used.user + used.system) / 1e6),
        [`${name}_peak_rss_mib`]: Math.round(process.resourceUsage().maxRSS / 1024),
      };
    },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
