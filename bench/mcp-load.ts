import { Agent, request } from "node:http";
import { startHttp } from "../src/http/server.ts";
import { createMcp } from "../src/mcp/server.ts";
import { fakeApp } from "../test/mcp/fake-app.ts";

const CALLS = [
  { name: "check_tag_compliance", arguments: { cloud_provider: "aws" } },
  { name: "get_tagging_policy", arguments: {} },
  { name: "check_cross_account_compliance", arguments: {} },
  { name: "find_untagged_resources", arguments: {} },
];
/** Calls of each tool before anything is measured. */
const WARM_UP = 50;
const silent = (): void => undefined;

/**
 * Many plain HTTP clients over loopback, in this process, calling tools whose use cases answer at once:
 * what the protocol (2026-07-28), the stages and HTTP cost. Budgets are out of the way.
 * `--clients 200 --seconds 10`
 */
export async function run(
  options: Readonly<Record<string, string>>,
): Promise<Record<string, number | string>> {
  const clients = Number(options["clients"] ?? 200);
  const seconds = Number(options["seconds"] ?? 10);
  const { deps } = fakeApp();
  const quiet = { ...deps, logger: { debug: silent, info: silent, warn: silent, error: silent } };
  const http = await startHttp(
    { ...quiet, createServer: createMcp(quiet), health: async () => ({ status: "ok" }) },
    { port: 0 },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const call = (turn: number): Promise<boolean> => callTool(`${http.url}/mcp`, agent, turn);
  for (let turn = 0; turn < CALLS.length * WARM_UP; turn += 1) await call(turn);
  const latencies: number[] = [];
  let errors = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      for (let turn = index; performance.now() < until; turn += 1) {
        const at = performance.now();
        if (!(await call(turn))) errors += 1;
        latencies.push(performance.now() - at);
      }
    }),
  );
  const elapsedMs = performance.now() - began;
  agent.destroy();
  await http.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(latencies[Math.floor(latencies.length * share)] ?? 0);
  return {
    clients,
    calls: latencies.length,
    errors,
    calls_per_second: Math.round(latencies.length / (elapsedMs / 1000)),
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    p99_ms: at(0.99),
    rss_mb: Math.round(process.memoryUsage.rss() / 1_000_000),
  };
}

/** @returns whether the tool answered without an error. */
function callTool(url: string, agent: Agent, turn: number): Promise<boolean> {
  const params = CALLS[turn % CALLS.length];
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: turn,
    method: "tools/call",
    params: {
      ...params,
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    },
  });
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": params?.name ?? "",
  };
  return new Promise((resolve) => {
    const outgoing = request(url, { method: "POST", headers, agent }, (incoming) => {
      let text = "";
      incoming.on("data", (chunk: Buffer) => (text += chunk.toString()));
      incoming.on("end", () =>
        resolve(incoming.statusCode === 200 && text.includes("structuredContent")),
      );
    });
    outgoing.on("error", () => resolve(false));
    outgoing.end(body);
  });
}
