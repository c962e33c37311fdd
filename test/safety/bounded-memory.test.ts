import { randomBytes, randomUUID } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createInProcessState } from "../../src/cache/in-process.ts";
import { createSessions, type Sessions } from "../../src/http/sessions.ts";
import { createMcp } from "../../src/mcp/server.ts";
import type { SharedState } from "../../src/ports/shared-state.ts";
import { createBudget } from "../../src/safety/budget.ts";
import { fakeApp } from "../mcp/fake-app.ts";

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

function collectGarbage(): void {
  for (let turn = 0; turn < 3; turn += 1) if (typeof collect === "function") collect();
}

/** Bytes that live, after garbage was collected. */
function living(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const LIMIT = { points: 100, windowMs: 3_600_000 };

/** What calls of so many callers leave behind, and one call that is repeated without end. */
async function serveCallers(state: SharedState, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) {
    await state.consume(`budget:calls:session:${n}`, 1, LIMIT);
    await state.note(`loop:session:${n}`, 300_000);
    await state.note("loop:the same", 300_000);
    await state.write(`answer:session:${n}`, randomBytes(1000).toString("hex"), 300_000);
  }
}

describe("what a server keeps does not grow with", () => {
  it("callers: windows, repeated calls and their answers", async () => {
    const state = createInProcessState({ now: () => 0 });
    await serveCallers(state, 0, 20_000);
    const full = living();
    await serveCallers(state, 20_000, 60_000);
    // Kept without end, 40,000 callers would take some 100 MB.
    expect(living() - full).toBeLessThan(5_000_000);
  }, 60_000);

  it("sessions that were closed: nothing holds on to their servers", async () => {
    const { deps } = fakeApp();
    const createServer = createMcp(deps);
    const servers: WeakRef<object>[] = [];
    const sessions = createSessions({
      ...deps,
      maxSessions: 10,
      createServer: () => {
        const server = createServer();
        servers.push(new WeakRef(server));
        return server;
      },
    });
    for (let n = 0; n < 200; n += 1) await openAndCall(sessions);
    // Weak references hold for as long as the turn they were made in.
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
    const alive = servers.filter((server) => server.deref() !== undefined).length;
    expect(servers).toHaveLength(200);
    // The last of them may stand on the stack yet.
    expect(alive).toBeGreaterThanOrEqual(10);
    expect(alive).toBeLessThanOrEqual(12);
    await sessions.close();
  }, 60_000);
});

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

/** As a client does that never comes back. */
async function openAndCall(sessions: Sessions): Promise<void> {
  const post = async (body: object, session: Readonly<Record<string, string>>) => {
    const response = await sessions.handle(
      new Request("http://127.0.0.1/mcp", { method: "POST", headers: { ...HEADERS, ...session } }),
      { jsonrpc: "2.0", id: 1, ...body },
    );
    await response.text();
    return response;
  };
  const clientInfo = { name: "gone", version: "1" };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const opened = await post({ method: "initialize", params }, {});
  const session = { "mcp-session-id": opened.headers.get("mcp-session-id") ?? "" };
  const called = await post(
    { method: "tools/call", params: { name: "get_tagging_policy", arguments: {} } },
    session,
  );
  expect(called.status).toBe(200);
}

describe("what a server keeps is small", () => {
  it("of a session: its budget's window", async () => {
    const most = 1_000_000;
    const limits = { calls: most, apiCalls: most, apiCostMicros: most, mistakes: most };
    const budget = createBudget(createInProcessState({ now: () => Date.now() }), {
      ...limits,
      windowMs: LIMIT.windowMs,
    });
    await budget.spendCall("warm", 10);
    const before = living();
    for (let n = 0; n < 20_000; n += 1) await budget.spendCall(`session:${randomUUID()}`, 10);
    const each = (living() - before) / 20_000;
    // Some 270; a key that is a rope of its parts alone is more.
    expect(each).toBeLessThan(400);
    await budget.spendCall("warm", 10);
  });
});
