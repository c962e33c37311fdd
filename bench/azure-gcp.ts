import { fork } from "node:child_process";
import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { z } from "zod";
import { forEachConcurrent } from "../src/app/concurrency.ts";
import { createAzureProvider } from "../src/clouds/azure/provider.ts";
import { createGcpProvider } from "../src/clouds/gcp/provider.ts";
import { EVERYTHING } from "../src/domain/scan/scope.ts";
import type { CellReader, CloudProvider, PlannedCell } from "../src/ports/cloud.ts";
import type { Logger } from "../src/ports/logger.ts";

const CELLS_AT_ONCE = 32;
const MIB = 2 ** 20;

/** What the vendors document, and what the simulated clouds enforce. */
const AZURE = { rows: 1000, queries: 15, perSeconds: 5 } as const;
const GCP = { rows: 500, queries: 400, perSeconds: 60 } as const;

interface Options {
  /** Over both clouds, half in each; default 100,000. */
  readonly resources?: number | string;
}

/** What the process with the simulated clouds says when it is up. */
const Servers = z.object({
  env: z.record(z.string(), z.string()),
  urls: z.object({ azure: z.string(), gcp: z.string() }),
  organization: z.string(),
});

/**
 * Reads a simulated Azure tenant and Google organization side by side, with the page sizes and quotas
 * of the real ones, from a process of their own. Client throughput against a simulated endpoint: no
 * judging, no storing.
 */
export async function run(options: Options = {}): Promise<Record<string, number | string>> {
  // What the published command begins with.
  await import(new URL("../bin/small-heap.js", import.meta.url).href);
  const resources = Number(options.resources ?? 100_000);
  const child = fork(new URL("./azure-gcp/clouds.ts", import.meta.url), [String(resources)]);
  try {
    const servers = Servers.parse((await once(child, "message"))[0]);
    Object.assign(process.env, servers.env);
    const repeated = { azure: 0, gcp: 0 };
    const logger = (cloud: "azure" | "gcp"): Logger => ({
      info() {},
      warn() {},
      error() {},
      // The adapters log nothing else at this level.
      debug: () => {
        repeated[cloud] += 1;
      },
    });
    const azure = createAzureProvider({ endpoint: servers.urls.azure, logger: logger("azure") });
    const gcp = createGcpProvider({
      endpoint: servers.urls.gcp,
      organization: servers.organization,
      paced: true,
      logger: logger("gcp"),
    });
    const memory = watchMemory(resources);
    const [readAzure, readGcp] = await Promise.all([
      readAll(azure, memory.note),
      readAll(gcp, memory.note),
    ]);
    return {
      resources,
      ...figures("azure", readAzure, AZURE),
      ...figures("gcp", readGcp, GCP),
      azure_calls_repeated: repeated.azure,
      gcp_calls_repeated: repeated.gcp,
      ...memory.figures(),
    };
  } finally {
    child.kill();
  }
}

interface Reading {
  readonly resources: number;
  readonly cells: number;
  readonly failed: number;
  readonly calls: number;
  readonly seconds: number;
}

async function readAll(provider: CloudProvider, note: (rows: number) => void): Promise<Reading> {
  const begunMs = performance.now();
  const counts = { resources: 0, cells: 0, failed: 0 };
  const readCell = async (reader: CellReader, signal: AbortSignal): Promise<void> => {
    counts.cells += 1;
    try {
      for await (const page of reader.read(signal)) {
        counts.resources += page.length;
        note(page.length);
      }
    } catch {
      counts.failed += 1;
    }
  };
  const { signal } = new AbortController();
  await forEachConcurrent(
    readersOf(provider.inventory.plan(EVERYTHING, signal)),
    CELLS_AT_ONCE,
    (reader) => readCell(reader, signal),
  );
  const seconds = (performance.now() - begunMs) / 1000;
  await provider.close();
  return { ...counts, calls: provider.apiCalls(), seconds };
}

async function* readersOf(planned: AsyncIterable<PlannedCell>): AsyncGenerator<CellReader> {
  for await (const one of planned) if (one.kind === "reader") yield one.reader;
}

function figures(
  cloud: string,
  read: Reading,
  quota: { readonly rows: number; readonly queries: number; readonly perSeconds: number },
): Record<string, number> {
  // The fewest full pages that hold so many resources, at the allowed rate.
  const floor = (Math.ceil(read.resources / quota.rows) / quota.queries) * quota.perSeconds;
  return {
    [`${cloud}_resources`]: read.resources,
    [`${cloud}_cells`]: read.cells,
    [`${cloud}_cells_failed`]: read.failed,
    [`${cloud}_calls`]: read.calls,
    [`${cloud}_quota_floor_seconds`]: rounded(floor),
    [`${cloud}_seconds`]: rounded(read.seconds),
    [`${cloud}_over_floor`]: rounded(read.seconds / floor),
  };
}

/**
 * Memory when a tenth, a half and all of the resources have passed: resident, which holds what the
 * collector has not yet given back, and the heap that is alive after a collection.
 */
function watchMemory(total: number): {
  readonly note: (rows: number) => void;
  readonly figures: () => Record<string, number>;
} {
  const marks = [0.1, 0.5, 1].map((share) => ({ share, residentMib: 0, liveMib: 0 }));
  const collect = collector();
  let seen = 0;
  let peakMib = 0;
  return {
    note: (rows) => {
      seen += rows;
      const residentMib = Math.round(process.memoryUsage.rss() / MIB);
      peakMib = Math.max(peakMib, residentMib);
      for (const mark of marks) {
        if (mark.residentMib > 0 || seen < mark.share * total) continue;
        mark.residentMib = residentMib;
        collect();
        mark.liveMib = rounded(process.memoryUsage().heapUsed / MIB);
      }
    },
    figures: () => ({
      ...Object.fromEntries(
        marks.flatMap(({ share, residentMib, liveMib }) => [
          [`rss_mib_at_${share * 100}_percent`, residentMib],
          [`live_heap_mib_at_${share * 100}_percent`, liveMib],
        ]),
      ),
      rss_mib_peak: peakMib,
    }),
  };
}

/** A full collection on demand, without a flag on the command line. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  return () => {
    if (typeof collect === "function") collect();
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
