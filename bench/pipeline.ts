import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { createInProcessState } from "../src/cache/in-process.ts";
import { defineReadTool } from "../src/mcp/define.ts";
import { createDispatch } from "../src/mcp/dispatch.ts";
import type { ToolCall } from "../src/mcp/pipeline/call.ts";
import { FROM_STORE } from "../src/safety/intent/estimate.ts";
import { createSafety } from "../src/safety/safety.ts";
import { createAuditLog } from "../src/storage/audit/log.ts";
import { openSqlite } from "../src/storage/sqlite.ts";

const MANY = 1_000_000_000;
const HOUR = 3_600_000;

/** A tool that costs nothing: what is measured is everything around it. */
const nothing = defineReadTool({
  name: "nothing",
  title: "Nothing",
  description: "Answers at once.",
  reachesClouds: false,
  input: z.strictObject({ turn: z.int() }),
  output: z.object({ turn: z.int() }),
  run: async ({ turn }) => ({ turn }),
  summarize: ({ turn }) => `Turn ${turn}.`,
});

const principal: ToolCall["principal"] = {
  kind: "local_user",
  channel: "stdio",
  tenant: null,
  subject: "bench",
  client: null,
  scopes: ["tag:read"],
  key: "bench",
};

/**
 * What the guards cost a call, audit included, on a database file; and how fast the audit log is appended
 * to and verified. `--calls`, `--records`.
 */
export async function run(
  options: Readonly<Record<string, string>>,
): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "pipeline-"));
  const db = await openSqlite(join(folder, "audit.db"));
  const clock = { now: () => Date.now() };
  const audit = createAuditLog(db, { key: new Uint8Array(32), clock, onAnchor: () => undefined });
  try {
    const calls = await measureCalls(Number(options["calls"] ?? 5000), audit, clock);
    await audit.close();
    const log = await measureLog(Number(options["records"] ?? 100_000), audit);
    return { ...calls, ...log };
  } finally {
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Log = ReturnType<typeof createAuditLog>;

async function measureCalls(
  calls: number,
  audit: Log,
  clock: { now(): number },
): Promise<Record<string, number>> {
  const safety = createSafety({
    settings: {
      budget: { windowMs: HOUR, calls: MANY, apiCalls: MANY, apiCostMicros: MANY, mistakes: MANY },
      loops: { windowMs: HOUR, repeats: MANY, stopAfter: MANY },
      intent: {
        ask: "when_expensive",
        maxResources: 500,
        maxSeconds: 30,
        maxCostDays: 30,
        maxApiCostMicros: 1_000_000,
        confirmWithinMs: 300_000,
        sampleAboveResources: 1000,
      },
    },
    state: createInProcessState(clock),
    audit,
    clock,
    estimateScan: async () => ({ ...FROM_STORE, places: [], everywhere: [] }),
    apiCalls: () => 0,
  });
  let id = 0;
  const silent = (): void => undefined;
  const dispatch = createDispatch(
    [nothing],
    {},
    {
      clock,
      ids: { next: (prefix) => `${prefix}_${(id += 1)}` },
      logger: { debug: silent, info: silent, warn: silent, error: silent },
      safety: async () => safety,
    },
  );
  const { signal } = new AbortController();
  const took: number[] = [];
  for (let turn = 0; turn < calls; turn += 1) {
    const began = performance.now();
    await dispatch({ name: "nothing", arguments: { turn }, principal, signal });
    took.push(performance.now() - began);
  }
  const warm = took.slice(Math.min(500, calls / 10)).toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Number((warm[Math.floor(warm.length * share)] ?? 0).toFixed(3));
  return { "call p50 ms": at(0.5), "call p95 ms": at(0.95), "call p99 ms": at(0.99) };
}

async function measureLog(records: number, audit: Log): Promise<Record<string, number>> {
  const event = {
    atMs: 0,
    event: "call",
    correlationId: "call_0mwsbo1e30d416470580f2186",
    actor: { kind: "oauth", tenant: "acme", subject: "ann", client: "agent" },
    channel: "http",
    action: "check_tag_compliance",
    argumentsDigest: "ZogMj2MYhm60jldhdtiVBnVA3FUFhreatoW9NtCo7SE",
    outcome: "ok",
    details: { arguments: { cloud_provider: "all", regions: ["eu-west-1"], limit: 20 } },
  } as const;
  const began = performance.now();
  const share = 20_000;
  for (let done = 0; done < records; done += share)
    await Promise.all(
      Array.from({ length: Math.min(share, records - done) }, () => audit.append(event)),
    );
  const appended = performance.now();
  const verified = await audit.verify([]);
  const ended = performance.now();
  return {
    "audit appends per s": Math.round((records / (appended - began)) * 1000),
    "audit records verified": verified.records,
    "audit verify s": Number(((ended - appended) / 1000).toFixed(2)),
    "audit problems": verified.problemCount,
    "peak RSS MB": Math.round(process.resourceUsage().maxRSS / 1024),
  };
}
