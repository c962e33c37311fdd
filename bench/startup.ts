import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/**
 * How long an MCP client waits over stdio from starting the process to the answer to `initialize`, and what
 * the idle process then weighs; beside the reference server of the MCP project, in turns, so that both
 * meet the same machine. Needs `npm run build` first.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const SERVERS = {
  ours: [join(root, "bin/tag-compliance.js"), "serve"],
  everything: [
    join(root, "node_modules/@modelcontextprotocol/server-everything/dist/index.js"),
    "stdio",
  ],
} as const;
type Server = keyof typeof SERVERS;

const INITIALIZE = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  },
})}\n`;
const DEFAULT_ROUNDS = 15;
const IDLE_MS = 500;

/** @param options `rounds` (default 15): starts measured for each server, after one warm-up each. */
export async function run(
  options: Readonly<Record<string, string>> = {},
): Promise<Record<string, number>> {
  const rounds = Number(options["rounds"] ?? DEFAULT_ROUNDS);
  const samples: Record<Server, { ms: number; rssMb: number }[]> = { ours: [], everything: [] };
  for (let round = 0; round <= rounds; round += 1)
    for (const server of ["ours", "everything"] as const) {
      const sample = await start(SERVERS[server]);
      if (round > 0) samples[server].push(sample);
    }
  const ours = median(samples.ours.map(({ ms }) => ms));
  const everything = median(samples.everything.map(({ ms }) => ms));
  return {
    initialize_ms_median: Math.round(ours),
    initialize_ms_max: Math.round(Math.max(...samples.ours.map(({ ms }) => ms))),
    everything_initialize_ms_median: Math.round(everything),
    ratio_to_everything: Number((ours / everything).toFixed(2)),
    idle_rss_mb: Math.round(median(samples.ours.map(({ rssMb }) => rssMb))),
    everything_idle_rss_mb: Math.round(median(samples.everything.map(({ rssMb }) => rssMb))),
    rounds,
  };
}

async function start(args: readonly string[]): Promise<{ ms: number; rssMb: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [...args], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.write(INITIALIZE);
  try {
    await firstLine(child);
    const ms = performance.now() - begun;
    await sleep(IDLE_MS);
    return { ms, rssMb: residentMb(child.pid ?? 0) };
  } finally {
    child.kill();
  }
}

function firstLine(child: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes("\n")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`The server ended with code ${code}.`)));
  });
}

/** Resident set as Linux reports it (proc(5)); 0 on other systems. */
function residentMb(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0; // No proc file system.
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
