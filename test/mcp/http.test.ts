import { request as httpRequest } from "node:http";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Health } from "../../src/http/app.ts";
import { createMcpEndpoint } from "../../src/http/mcp-endpoint.ts";
import { type RunningHttp, startHttp } from "../../src/http/server.ts";
import { createSessions } from "../../src/http/sessions.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { connectHttp } from "./connect.ts";
import { fakeApp } from "./fake-app.ts";

let running: RunningHttp | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function serve(health: () => Promise<Health> = async () => ({ status: "ok" })) {
  const { deps } = fakeApp();
  running = await startHttp({ ...deps, createServer: createMcp(deps), health }, { port: 0 });
  return running.url;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request whose Host header we choose, which `fetch` does not allow. */
function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {} } = options;
    const outgoing = httpRequest(url, { method, headers }, (incoming) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body }));
    });
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}

const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "raw", version: "1" },
  },
});
const POST = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

describe("Host and Origin", () => {
  const foreign = [
    ["host", "attacker.example"],
    ["host", "127.0.0.1.attacker.example"],
    ["origin", "https://attacker.example"],
    ["origin", "null"],
  ] as const;
  it.each(
    foreign.flatMap(([header, value]) =>
      ["/mcp", "/health", "/nowhere"].map((path) => ({ header, value, path })),
    ),
  )("refuses $header: $value on $path", async ({ header, value, path }) => {
    const url = await serve();
    const answer = await send(`${url}${path}`, {
      method: path === "/mcp" ? "POST" : "GET",
      headers: { ...POST, [header]: value },
      body: path === "/mcp" ? INITIALIZE : "",
    });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain("protocolVersion");
  });

  it("answers /livez to anyone, and says nothing there", async () => {
    const url = await serve();
    expect(await send(`${url}/livez`, { headers: { host: "attacker.example" } })).toEqual({
      status: 200,
      body: "ok",
    });
  });

  it("accepts a loopback Origin", async () => {
    const url = await serve();
    const answer = await send(`${url}/mcp`, {
      method: "POST",
      headers: { ...POST, origin: "http://localhost:6274" },
      body: INITIALIZE,
    });
    expect(answer.status).toBe(200);
  });
});

describe("limits", () => {
  const tooLarge = Buffer.alloc(10_000_001, " ");
  it.each([
    { era: "2025-11-25", headers: {} },
    { era: "2026-07-28", headers: { "mcp-protocol-version": "2026-07-28" } },
  ])("answers 413 to a body over 10 MB ($era)", async ({ headers }) => {
    const url = await serve();
    const answer = await send(`${url}/mcp`, {
      method: "POST",
      headers: { ...POST, ...headers },
      body: tooLarge,
    });
    expect(answer.status).toBe(413);
  });

  it("answers 413 to a body that does not say how long it is", async () => {
    const url = await serve();
    const answer = await send(`${url}/mcp`, {
      method: "POST",
      headers: { ...POST, "transfer-encoding": "chunked" },
      body: tooLarge,
    });
    expect(answer.status).toBe(413);
  });

  it.each(["PUT", "PATCH", "OPTIONS"])("answers 405 to %s", async (method) => {
    expect((await send(`${await serve()}/mcp`, { method })).status).toBe(405);
  });

  it.each([
    { body: "not json", status: 400 },
    { body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }), status: 400 },
  ])("answers $status to $body outside a session", async ({ body, status }) => {
    const answer = await send(`${await serve()}/mcp`, { method: "POST", headers: POST, body });
    expect(answer.status).toBe(status);
  });

  it("does not know a session it did not open", async () => {
    const answer = await send(`${await serve()}/mcp`, {
      method: "POST",
      headers: { ...POST, "mcp-session-id": "11111111-1111-1111-1111-111111111111" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    expect(answer.status).toBe(404);
  });
});

describe("idle connections", () => {
  it("are kept longer than proxies keep them", async () => {
    const url = await serve();
    const { headers } = await fetch(`${url}/health`);
    const [, seconds] = /^timeout=(\d+)$/.exec(headers.get("keep-alive") ?? "") ?? [];
    expect(Number(seconds)).toBeGreaterThan(60);
  });
});

describe("health", () => {
  it.each([
    { status: "ok", http: 200 },
    { status: "degraded", http: 200 },
    { status: "unavailable", http: 503 },
  ] as const)("$status answers $http with its details", async ({ status, http }) => {
    const url = await serve(async () => ({ status, policy: { source: "file" } }));
    const answer = await send(`${url}/health`);
    expect(answer.status).toBe(http);
    expect(JSON.parse(answer.body)).toEqual({ status, policy: { source: "file" } });
  });

  it("says nothing of a failure inside", async () => {
    const url = await serve(async () => {
      throw new Error("no such file /home/operator/inventory.db");
    });
    const answer = await send(`${url}/health`);
    expect(answer).toEqual({ status: 500, body: '{"error":"internal"}' });
  });
});

describe("binding", () => {
  it.each(["0.0.0.0", "::", "192.168.1.10", "example.com", "127.0.0.1.example.com"])(
    "refuses %s, which other machines reach",
    async (host) => {
      const { deps } = fakeApp();
      const start = startHttp(
        { ...deps, createServer: createMcp(deps), health: async () => ({ status: "ok" }) },
        { host, port: 0 },
      );
      await expect(start).rejects.toMatchObject({ code: "config_invalid" });
    },
  );

  it("says so when the port is taken", async () => {
    const url = new URL(await serve());
    const { deps } = fakeApp();
    const start = startHttp(
      { ...deps, createServer: createMcp(deps), health: async () => ({ status: "ok" }) },
      { port: Number(url.port) },
    );
    await expect(start).rejects.toMatchObject({
      code: "config_invalid",
      message: `Port ${url.port} cannot be bound.`,
    });
  });

  it("frees the port on close, also with a stream and an unused connection open", async () => {
    const url = new URL(await serve());
    const client = await connectHttp("legacy", url.origin);
    const unused = connectTcp(Number(url.port), "127.0.0.1");
    await new Promise((resolve) => unused.once("connect", resolve));
    unused.on("error", () => unused.destroy());
    await running?.close();
    running = undefined;
    await expect(fetch(`${url.origin}/livez`)).rejects.toThrow("fetch failed");
    await client.close();
  });

  it("tells whoever listens for changes that it closes", async () => {
    const url = await serve();
    const client = await connectHttp({ pin: "2026-07-28" }, url);
    const stream = await client.listen({ resourceSubscriptions: ["policy://tagging"] });
    await running?.close();
    running = undefined;
    expect(await stream.closed).toBe("graceful");
    await client.close();
  });
});

describe("sessions of older revisions", () => {
  const open = async (overrides: { idleMs?: number; maxSessions?: number }) => {
    const { deps } = fakeApp();
    let now = 0;
    const sessions = createSessions({
      ...deps,
      createServer: createMcp(deps),
      clock: { now: () => now },
      ...overrides,
    });
    const post = (headers: Record<string, string>, body: string, signal?: AbortSignal) =>
      sessions.handle(
        new Request("http://127.0.0.1/mcp", {
          method: body === "" ? "GET" : "POST",
          headers: { ...POST, ...headers },
          ...(body === "" ? {} : { body }),
          ...(signal === undefined ? {} : { signal }),
        }),
        body === "" ? undefined : JSON.parse(body),
      );
    const initialize = async (): Promise<{ status: number; id: string }> => {
      const response = await post({}, INITIALIZE);
      await response.text();
      return { status: response.status, id: response.headers.get("mcp-session-id") ?? "" };
    };
    const advance = (ms: number): void => {
      now += ms;
    };
    return { sessions, post, initialize, advance };
  };
  const LIST = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list" });

  it("closes a session that has been idle too long, and keeps a younger one", async () => {
    const { sessions, post, initialize, advance } = await open({ idleMs: 1000 });
    const idle = await initialize();
    advance(600);
    const young = await initialize();
    advance(600);
    await sessions.sweep();
    expect((await post({ "mcp-session-id": idle.id }, LIST)).status).toBe(404);
    expect((await post({ "mcp-session-id": young.id }, LIST)).status).toBe(200);
    await sessions.close();
  });

  it("keeps a session while its client holds a stream open, and not after", async () => {
    const { sessions, post, initialize, advance } = await open({ idleMs: 1000 });
    const { id } = await initialize();
    const client = new AbortController();
    expect((await post({ "mcp-session-id": id }, "", client.signal)).status).toBe(200);
    advance(5000);
    await sessions.sweep();
    expect(sessions.count()).toBe(1);
    client.abort();
    advance(5000);
    await sessions.sweep();
    expect(sessions.count()).toBe(0);
    await sessions.close();
  });

  it("notices over a real socket that the holder of a stream went away", async () => {
    const { deps } = fakeApp();
    let now = 0;
    const mcp = createMcpEndpoint({
      ...deps,
      createServer: createMcp(deps),
      clock: { now: () => now },
      sessions: { idleMs: 1000 },
    });
    const server = createAdaptorServer({ fetch: (request: Request) => mcp.fetch(request) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/mcp`;
    const opened = await fetch(url, { method: "POST", headers: POST, body: INITIALIZE });
    await opened.text();
    const id = opened.headers.get("mcp-session-id") ?? "";
    const client = new AbortController();
    const stream = await fetch(url, {
      headers: { accept: "text/event-stream", "mcp-session-id": id },
      signal: client.signal,
    });
    expect(stream.status).toBe(200);
    const sweepLater = async (): Promise<number> => {
      now += 5000;
      await mcp.sessions.sweep();
      return mcp.sessions.count();
    };
    expect(await sweepLater()).toBe(1);
    client.abort();
    await vi.waitFor(async () => expect(await sweepLater()).toBe(0), { timeout: 5000 });
    await mcp.close();
    server.close();
  });

  it("at the limit closes the session idle for longest, or refuses when all are in use", async () => {
    const { sessions, post, initialize, advance } = await open({ maxSessions: 2 });
    const first = await initialize();
    advance(10);
    const second = await initialize();
    advance(10);
    const third = await initialize();
    expect(sessions.count()).toBe(2);
    expect((await post({ "mcp-session-id": first.id }, LIST)).status).toBe(404);
    for (const { id } of [second, third]) {
      expect((await post({ "mcp-session-id": id }, "")).status).toBe(200);
    }
    expect((await initialize()).status).toBe(503);
    await sessions.close();
    expect(sessions.count()).toBe(0);
  });

  it("forgets a session that its client ends", async () => {
    const { sessions, initialize } = await open({});
    const { id } = await initialize();
    const response = await sessions.handle(
      new Request("http://127.0.0.1/mcp", {
        method: "DELETE",
        headers: { "mcp-session-id": id, "mcp-protocol-version": "2025-11-25" },
      }),
    );
    expect(response.status).toBe(200);
    expect(sessions.count()).toBe(0);
    await sessions.close();
  });
});
