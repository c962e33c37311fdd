import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { compose } from "../../src/compose.ts";
import { loadSettings } from "../../src/config/load.ts";
import { createMcpEndpoint } from "../../src/http/mcp-endpoint.ts";
import { createMcp } from "../../src/mcp/server.ts";
import type { CheckComplianceRequest } from "../../src/app/check-compliance.ts";
import { AppError } from "../../src/domain/errors.ts";
import { connectInProcess, ERAS } from "./connect.ts";
import { fakeApp, sampleResult } from "./fake-app.ts";

const TASKS = "io.modelcontextprotocol/tasks";

/** A scan that ends when the test says so, and tells how it was left. */
function scanning() {
  const scan = Promise.withResolvers<typeof sampleResult>();
  const seen = { started: 0, aborted: 0 };
  const checkCompliance = async ({ signal, onProgress }: CheckComplianceRequest) => {
    seen.started += 1;
    signal.addEventListener("abort", () => (seen.aborted += 1));
    onProgress?.({
      cellsDone: 12,
      cellsTotal: 17,
      resources: 3,
      cloud: "aws",
      account: "123456789012",
      region: "eu-west-1",
      places: {
        counts: [{ cloud: "aws", unit: "region", done: 4, total: 17, accounts: 1 }],
        finished: { cloud: "aws", account: "123456789012", region: "eu-west-1" },
      },
      scanId: "scan_9",
    });
    const left = new Promise<never>((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(new AppError("cancelled", "Left."))),
    );
    return Promise.race([scan.promise, left]);
  };
  return { seen, checkCompliance, end: () => scan.resolve(sampleResult) };
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const one of open.splice(0)) await one.close();
});

function serve(patienceMs: number) {
  const scan = scanning();
  const { deps } = fakeApp({ checkCompliance: scan.checkCompliance });
  const endpoint = createMcpEndpoint({ ...deps, createServer: createMcp({ ...deps, patienceMs }) });
  open.push(endpoint);
  return { ...scan, endpoint };
}

const CALL = { name: "check_tag_compliance", arguments: { cloud_provider: "aws", refresh: true } };

describe.each(ERAS)("a scan that outlasts its client's patience, $era", ({ mode }) => {
  it("goes on, and the same call again brings its answer", async () => {
    const { endpoint, seen, end } = serve(0);
    const client = await connectInProcess(mode, (request) => endpoint.fetch(request));
    const first = await client.callTool(CALL);
    expect(first.isError ?? false).toBe(false);
    expect(first.structuredContent).toMatchObject({
      status: "running",
      scan_id: "scan_9",
      progress: { total: 17 },
      call_again: { tool: CALL.name, arguments: CALL.arguments },
    });
    // Asked ten times: no loop, and no second scan.
    for (let again = 0; again < 10; again += 1)
      expect((await client.callTool(CALL)).structuredContent).toMatchObject({ status: "running" });
    end();
    await vi.waitFor(async () =>
      expect((await client.callTool(CALL)).structuredContent).toMatchObject({ scan_id: "scan_1" }),
    );
    expect(seen).toEqual({ started: 1, aborted: 0 });
    await client.close();
  });

  it("is not ended by a follower who leaves, but by the server's end", async () => {
    const { endpoint, seen } = serve(50);
    const client = await connectInProcess(mode, (request) => endpoint.fetch(request));
    await client.callTool(CALL);
    const leaving = new AbortController();
    const follower = client.callTool(CALL, { signal: leaving.signal });
    leaving.abort("gone");
    await expect(follower).rejects.toThrow("gone");
    expect((await client.callTool(CALL)).structuredContent).toMatchObject({ status: "running" });
    expect(seen.aborted).toBe(0);
    await client.close();
    await endpoint.close();
    expect(seen).toEqual({ started: 1, aborted: 1 });
  });

  it("ends with its client until then", async () => {
    const { endpoint, seen } = serve(600_000);
    const client = await connectInProcess(mode, (request) => endpoint.fetch(request));
    const leaving = new AbortController();
    const call = client.callTool(CALL, { signal: leaving.signal });
    await vi.waitFor(() => expect(seen.started).toBe(1));
    leaving.abort("enough");
    await expect(call).rejects.toThrow("enough");
    await vi.waitFor(() => expect(seen.aborted).toBe(1));
    await client.close();
  });
});

/** One raw request of the newest revision; the official client offers no tasks. */
function asker(endpoint: { fetch(request: Request): Promise<Response> }, extensions: object) {
  let id = 0;
  return async (method: string, params: Record<string, unknown>) => {
    id += 1;
    const response = await endpoint.fetch(
      new Request("http://127.0.0.1/mcp", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": "2026-07-28",
          "mcp-method": method,
          ...("name" in params ? { "mcp-name": String(params["name"]) } : {}),
          ...("taskId" in params ? { "mcp-name": String(params["taskId"]) } : {}),
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id,
          method,
          params: {
            ...params,
            _meta: {
              "io.modelcontextprotocol/protocolVersion": "2026-07-28",
              "io.modelcontextprotocol/clientCapabilities": { extensions },
            },
          },
        }),
      }),
    );
    const body = await response.text();
    const json = body.startsWith("{") ? body : (/^data: (\{.*)$/m.exec(body)?.[1] ?? "");
    return JSON.parse(json) as { result?: Record<string, unknown>; error?: { code: number } };
  };
}

describe("a client that knows tasks", () => {
  it("is given one, follows it, and finds the answer in it", async () => {
    const { endpoint, end } = serve(600_000);
    const ask = asker(endpoint, { [TASKS]: {} });
    const { result } = await ask("tools/call", CALL);
    expect(result).toMatchObject({ resultType: "task", status: "working", ttlMs: 1_800_000 });
    const taskId = String(result?.["taskId"]);
    expect((await ask("tasks/get", { taskId })).result).toMatchObject({
      status: "working",
      statusMessage: "eu-west-1 4/17 regions, 3 resources",
    });
    end();
    await vi.waitFor(async () => {
      expect((await ask("tasks/get", { taskId })).result).toMatchObject({
        status: "completed",
        result: { resultType: "complete", structuredContent: { scan_id: "scan_1" } },
      });
    });
    expect((await ask("tasks/get", { taskId })).result).toMatchObject({ status: "completed" });
  });

  it("can end it; nobody who does not know it, or tasks, sees it", async () => {
    const { endpoint, seen } = serve(600_000);
    const ask = asker(endpoint, { [TASKS]: {} });
    const taskId = String((await ask("tools/call", CALL)).result?.["taskId"]);
    expect((await ask("tasks/get", { taskId: "other" })).error?.code).toBe(-32602);
    expect((await asker(endpoint, {})("tasks/get", { taskId })).error?.code).toBe(-32021);
    expect((await ask("tasks/cancel", { taskId })).result).toMatchObject({
      resultType: "complete",
    });
    await vi.waitFor(() => expect(seen.aborted).toBe(1));
    expect((await ask("tasks/get", { taskId })).result).toMatchObject({ status: "cancelled" });
  });
});

describe("scan.long_call_after_seconds", () => {
  /** The application as its edges are given it: `createMcp` takes `patienceMs` of it. */
  async function patienceWith(scan: string): Promise<number | undefined> {
    const folder = mkdtempSync(join(tmpdir(), "patience-"));
    const path = join(folder, "config.yaml");
    writeFileSync(path, `log: { level: silent }\n${scan}`);
    const app = compose(() => loadSettings(path, { TAG_COMPLIANCE_DATA_DIR: folder }));
    await app.close();
    rmSync(folder, { recursive: true });
    return app.patienceMs;
  }

  it.each([
    { scan: "", patienceMs: 45_000, why: "below the 60 s after which common clients give up" },
    { scan: "scan: { long_call_after_seconds: 1 }", patienceMs: 1000, why: "the shortest" },
    { scan: "scan: { long_call_after_seconds: 540 }", patienceMs: 540_000, why: "the longest" },
    { scan: "scan: { long_call_after_seconds: 541 }", patienceMs: undefined, why: "a broken file" },
  ])("$scan -> $patienceMs ms: $why", async ({ scan, patienceMs }) => {
    expect(await patienceWith(scan)).toBe(patienceMs);
  });
});
