import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import * as z from "zod";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";

const ROOT = join(import.meta.dirname, "../..");
const LAUNCHER = join(ROOT, "bin/tag-compliance.js");
const PROBE = join(import.meta.dirname, "probe.ts");
const MANY = 10_000_000;

/** Every limit that a benchmark would meet is out of its way; all else is as it comes. */
const configuration = (safetyWindows: object) => ({
  clouds: { aws: { role_name: "TagComplianceRead" }, azure: {}, gcp: {} },
  policy: { file: join(ROOT, "sandbox/policy.yaml") },
  safety: {
    budget: {
      calls: MANY,
      api_calls: MANY,
      mistakes: MANY,
      api_cost_usd: 10_000,
      ...safetyWindows,
    },
    loops: { repeats: MANY, stop_after: MANY, ...safetyWindows },
  },
  log: { level: "error" },
});

const State = z.object({
  /** Resident memory of the process, all of its threads. */
  rss_kb: z.number(),
  /** What lives on the main thread, buffers outside the heap included. */
  heap_kb: z.number(),
  /** Of all threads since the start. */
  cpu_seconds: z.number(),
  unhandled: z.number(),
});
export type ServerState = z.output<typeof State>;

/** A company on simulated clouds, scanned once into a store of its own. */
export interface ScannedEstate {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Needs `npm run build` first.
 * @param windowMinutes how long its server remembers budgets used and calls repeated; default as it comes
 */
export async function scannedEstate(
  resources: number,
  windowMinutes?: number,
): Promise<ScannedEstate> {
  if (!existsSync(join(ROOT, "dist/cli.js"))) throw new Error("Not built yet: npm run build.");
  const folder = mkdtempSync(join(tmpdir(), "served-"));
  const windows = windowMinutes === undefined ? {} : { window_minutes: windowMinutes };
  const sandbox: Sandbox = await startSandbox({ estate: { seed: 7, resources } });
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(configuration(windows)));
  const environment = {
    PATH: process.env["PATH"] ?? "",
    ...sandbox.env,
    HOME: folder,
    TAG_COMPLIANCE_DATA_DIR: folder,
  };
  await promisify(execFile)(process.execPath, [LAUNCHER, "scan"], { env: environment });
  return {
    environment,
    close: async () => {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Transport = "stdio" | "http";

/** `tag-compliance serve` in a process of its own. */
export interface ServedProduct {
  /** Of `/mcp`; empty over stdio. */
  readonly url: string;
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** After garbage was collected. */
  state(): Promise<ServerState>;
  stop(): void;
}

export async function serve(
  transport: Transport,
  { environment }: ScannedEstate,
): Promise<ServedProduct> {
  const own = transport === "http" ? ["--http", "--port", "0"] : [];
  const child = spawn(process.execPath, ["--import", PROBE, LAUNCHER, "serve", ...own], {
    stdio: ["pipe", "pipe", "pipe"],
    env: environment,
  });
  const errors = createInterface({ input: child.stderr });
  const said = transport === "http" ? await next(errors, /(http:\S+\/mcp)/) : "";
  return {
    url: said,
    child,
    state: async () => {
      const told = next(errors, /^probe (.*)$/);
      child.kill("SIGUSR2");
      return State.parse(JSON.parse(await told));
    },
    stop: () => void child.kill("SIGKILL"),
  };
}

function next(lines: Interface, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const look = (line: string): void => {
      const found = pattern.exec(line)?.[1];
      if (found === undefined) return;
      lines.off("line", look);
      resolve(found);
    };
    lines.on("line", look);
  });
}

/** A request of protocol revision 2026-07-28, which needs no session. */
export function modernCall(id: number, call: { readonly name: string }): string {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const params = { ...call, _meta: meta };
  return JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params });
}

/** What goes with it over HTTP. */
export function modernHeaders(tool: string): Readonly<Record<string, string>> {
  return {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": tool,
  };
}
