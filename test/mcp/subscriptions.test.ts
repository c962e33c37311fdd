import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createMcpEndpoint, type McpEndpoint } from "../../src/http/mcp-endpoint.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { createChanges } from "../../src/app/changes.ts";
import { connectInProcess, ERAS, type Mode } from "./connect.ts";
import { fakeApp } from "./fake-app.ts";
import { subscribe } from "./subscribed.ts";

const POLICY = "policy://tagging";
const SCAN = "scan://scan_1/violations";

let changes: ReturnType<typeof createChanges>;
let endpoint: McpEndpoint;
beforeEach(() => {
  const { deps } = fakeApp();
  changes = createChanges({ follow: async () => {}, logger: deps.logger });
  endpoint = createMcpEndpoint({ ...deps, createServer: createMcp({ ...deps, changes }) });
});
afterEach(() => endpoint.close());

const connect = (mode: Mode) => connectInProcess(mode, (request) => endpoint.fetch(request));

describe.each(ERAS)("a subscription, $era", ({ mode }) => {
  it("tells of the resource that changed, and of no other", async () => {
    const client = await connect(mode);
    const { updates } = await subscribe(client, mode, SCAN);
    changes.announce({ kind: "policy" });
    changes.announce({ kind: "scans", scanIds: ["scan_0"] });
    changes.announce({ kind: "scans", scanIds: ["scan_0", "scan_1"] });
    await vi.waitFor(() => expect(updates).toEqual([SCAN]));
    await client.close();
  });

  it("tells nothing once it is ended, and nobody listens then", async () => {
    const client = await connect(mode);
    const { updates, end } = await subscribe(client, mode, POLICY);
    expect(changes.isHeard()).toBe(true);
    changes.announce({ kind: "policy" });
    await vi.waitFor(() => expect(updates).toEqual([POLICY]));
    await end();
    await vi.waitFor(() => expect(changes.isHeard()).toBe(false));
    changes.announce({ kind: "policy" });
    await client.listTools();
    expect(updates).toEqual([POLICY]);
    await client.close();
  });

  it("ends with the server", async () => {
    const client = await connect(mode);
    await subscribe(client, mode, POLICY);
    await endpoint.close();
    expect(changes.isHeard()).toBe(false);
    await client.close();
  });

  it("is not needed to call a tool: nobody listens then", async () => {
    const client = await connect(mode);
    await client.callTool({ name: "get_tagging_policy" });
    expect(changes.isHeard()).toBe(false);
    await client.close();
  });
});

describe("a session of 2025-11-25", () => {
  it("is told by the URI that it subscribed to, with its query", async () => {
    const client = await connect("legacy");
    const uri = `${SCAN}?severity=errors_only`;
    const { updates } = await subscribe(client, "legacy", uri);
    changes.announce({ kind: "scans", scanIds: ["scan_1"] });
    await vi.waitFor(() => expect(updates).toEqual([uri]));
    await client.close();
  });

  it("leaves nothing behind when its client ends it", async () => {
    const { sessions } = endpoint;
    const client = await connect("legacy");
    const other = await connect("legacy");
    await subscribe(client, "legacy", POLICY);
    await subscribe(other, "legacy", POLICY);
    for (const { transport } of [client, other]) {
      expect(changes.isHeard()).toBe(true);
      if (!(transport instanceof StreamableHTTPClientTransport)) throw new Error("no HTTP");
      await transport.terminateSession();
    }
    expect(sessions.count()).toBe(0);
    expect(changes.isHeard()).toBe(false);
  });

  it.each([
    { uri: "file:///etc/passwd", message: "No such resource." },
    { uri: "scan://scan_2/violations", message: "No scan of this id is stored." },
    { uri: `${SCAN}?severity=high`, message: "not valid" },
    { uri: "audit://records", message: "tells of no changes" },
    { uri: "report://report_text", message: "tells of no changes" },
  ])("cannot subscribe to $uri", async ({ uri, message }) => {
    const client = await connect("legacy");
    await expect(client.subscribeResource({ uri })).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      code: -32602,
    });
    expect(changes.isHeard()).toBe(false);
    await client.close();
  });

  it("cannot subscribe to what its caller may not read", async () => {
    const { deps } = fakeApp();
    const subscribeWith = async (scopes: string[]): Promise<unknown> => {
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
      await createMcp({ ...deps, changes })().connect(transport);
      const response = await transport.handleRequest(
        new Request("http://127.0.0.1/mcp", {
          method: "POST",
          headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
          },
          body: JSON.stringify({
            jsonrpc: "2.0",
            id: 1,
            method: "resources/subscribe",
            params: { uri: POLICY },
          }),
        }),
        { authInfo: { token: "t", clientId: "c", scopes } },
      );
      const answer: unknown = await response.json();
      const heard = changes.isHeard();
      await transport.close();
      return { answer, heard, after: changes.isHeard() };
    };
    expect(await subscribeWith([])).toMatchObject({
      answer: { error: { code: -32602, data: { code: "forbidden" } } },
      heard: false,
    });
    expect(await subscribeWith(["tag:read"])).toMatchObject({
      answer: { result: {} },
      heard: true,
      after: false,
    });
  });

  it("has at most 100, and ending what never began is no error", async () => {
    const client = await connect("legacy");
    const uri = (page: number) => `${SCAN}?cursor=${page}`;
    for (let page = 0; page < 100; page += 1) await client.subscribeResource({ uri: uri(page) });
    await client.subscribeResource({ uri: uri(99) });
    await expect(client.subscribeResource({ uri: uri(100) })).rejects.toThrow("At most 100");
    await client.unsubscribeResource({ uri: uri(7) });
    await client.unsubscribeResource({ uri: "file:///nothing" });
    await client.subscribeResource({ uri: uri(100) });
    await client.close();
  });
});
