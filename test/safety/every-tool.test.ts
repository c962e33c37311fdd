import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallToolResult, Client } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHttp } from "../../src/http/server.ts";
import { createDispatch } from "../../src/mcp/dispatch.ts";
import type { ToolCall } from "../../src/mcp/pipeline/call.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { listTools } from "../../src/mcp/tool-listing.ts";
import { tools } from "../../src/mcp/tools/index.ts";
import { connectHttp, connectStdio } from "../mcp/connect.ts";
import { fakeApp } from "../mcp/fake-app.ts";
import { ASKING, tightApp, validArguments } from "./tight-app.ts";

const FIXTURE = fileURLToPath(new URL("fixture-tight-stdio.ts", import.meta.url));
const LISTED = listTools(tools);
const ASKING_NAMES = new Set<string>(ASKING.map(({ name }) => name));

interface Connected {
  readonly client: Client;
  close(): Promise<void>;
}

const TRANSPORTS: Readonly<Record<string, (auditFile: string) => Promise<Connected>>> = {
  http: async (auditFile) => {
    const { deps } = tightApp(auditFile);
    const http = await startHttp(
      { ...deps, createServer: createMcp(deps), health: async () => ({ status: "ok" }) },
      { port: 0 },
    );
    const client = await connectHttp({ pin: "2026-07-28" }, http.url);
    return {
      client,
      close: async () => {
        await client.close();
        await http.close();
      },
    };
  },
  stdio: async (auditFile) => {
    const client = await connectStdio("legacy", [FIXTURE, auditFile]);
    return { client, close: () => client.close() };
  },
};

/** Behaviour, tool by tool and in this order: the limits are reached as the list is gone through. */
describe.each(Object.entries(TRANSPORTS))("every tool over %s", (channel, open) => {
  const folder = mkdtempSync(join(tmpdir(), "every-tool-"));
  const auditFile = join(folder, "audit.jsonl");
  let connected: Connected;
  beforeAll(async () => {
    connected = await open(auditFile);
  });
  afterAll(async () => {
    await connected.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const call = async (name: string, args: Record<string, unknown>): Promise<CallToolResult> =>
    await connected.client.callTool({ name, arguments: args });

  it.each(LISTED)("$name runs once", async (tool) => {
    const result = await call(tool.name, validArguments(tool));
    expect(codeOf(result)).not.toMatch(/invalid_input|loop|budget|forbidden|internal/);
  });

  it.each(LISTED)("$name is not run again with the same arguments", async (tool) => {
    expect(codeOf(await call(tool.name, validArguments(tool)))).toBe("loop_detected");
  });

  it.each(LISTED)(
    "$name refuses what it does not know, and what is too deep or poisonous",
    async (tool) => {
      const deep = { a: { b: { c: { d: { e: {} } } } } };
      const poison = { constructor: { prototype: { admin: true } } };
      for (const args of [{ no_such_argument: 1 }, { regions: deep }, poison])
        expect(codeOf(await call(tool.name, args))).toBe("invalid_input");
    },
  );

  it.each(LISTED.filter(({ name }) => ASKING_NAMES.has(name)))(
    "$name is asked about when it is known to be expensive, and estimates",
    async (tool) => {
      const args = { ...validArguments(tool), refresh: true };
      const asked = await call(tool.name, args);
      expect(asked.structuredContent).toMatchObject({ clarification_needed: true });
      const estimate = await call(tool.name, { ...args, dry_run: true });
      expect(estimate.structuredContent).toMatchObject({ dry_run: true, would_ask: true });
    },
  );

  it.each(LISTED)("$name is stopped when the budget is used up", async (tool) => {
    // An argument that makes the call another one than those before.
    const other = "limit" in (tool.inputSchema.properties ?? {}) ? { limit: 7 } : undefined;
    const code = codeOf(await call(tool.name, { ...validArguments(tool), ...other }));
    expect(code).toBe(other === undefined ? "loop_detected" : "budget_exhausted");
  });

  it("each left its records, of who called and through what", () => {
    const lines = readFileSync(auditFile, "utf8").trim().split("\n");
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const outcomes = (tool: string): readonly unknown[] =>
      events.filter(({ action }) => action === tool).map(({ outcome }) => outcome);
    for (const { name } of tools)
      expect(outcomes(name)).toEqual(
        expect.arrayContaining(["ok", "loop_detected", "invalid_input"]),
      );
    expect(events.every((event) => event["channel"] === channel)).toBe(true);
  });
});

const SCANNING = tools.filter(({ reachesClouds }) => reachesClouds);

describe("a tool that reaches clouds", () => {
  it.each(SCANNING)("$name can be estimated, or says why it is never expensive", (tool) => {
    const ways = [
      "estimate" in tool,
      ASKING_NAMES.has(tool.name),
      "neverExpensive" in tool && tool.neverExpensive !== "",
    ];
    expect(ways).toContain(true);
    // What is asked about must be able to bring the answer, and to be estimated without a call.
    const asks = ["confirm", "dry_run"].map((name) => name in tool.input.shape);
    const askable = ways[0] === true || ways[1] === true;
    expect(asks).toEqual([askable, askable]);
  });
});

describe.each(LISTED)("$name at the stages that no client can reach", (tool) => {
  const caller: ToolCall["principal"] = {
    kind: "oauth",
    channel: "http",
    tenant: "acme",
    subject: "ann",
    client: "agent",
    scopes: ["tag:read", "tag:write", "tag:approve", "admin"],
    key: "ann",
  };
  const dispatch = (
    useCase: () => unknown,
    principal: ToolCall["principal"] = caller,
    observe?: (call: unknown) => void,
  ): Promise<unknown> => {
    const { deps } = fakeApp();
    // Whatever the tool asks of the application answers like this.
    const toolDeps = new Proxy({}, { get: () => useCase });
    const run = createDispatch(tools, toolDeps, {
      ...deps,
      deadlineMs: 50,
      ...(observe === undefined ? {} : { observe }),
    });
    const { signal } = new AbortController();
    return run({ name: tool.name, arguments: validArguments(tool), principal, signal });
  };

  it("needs a scope, and is observed", async () => {
    const seen: unknown[] = [];
    const result = await dispatch(
      () => expect.unreachable("ran without a scope"),
      { ...caller, scopes: ["tag:approve"] },
      (call) => seen.push(call),
    );
    expect(codeOf(result as CallToolResult)).toBe("forbidden");
    expect(seen).toEqual([
      {
        tool: tool.name,
        outcome: "forbidden",
        durationMs: expect.any(Number),
        principalKind: "oauth",
      },
    ]);
  });

  it("ends on time whatever the application does", async () => {
    const result = await dispatch(() => Promise.withResolvers().promise);
    expect(codeOf(result as CallToolResult)).toBe("deadline_exceeded");
  });

  it("never passes on what is not an answer", async () => {
    const result = await dispatch(async () => ({ secret: "/etc/shadow" }));
    expect(codeOf(result as CallToolResult)).toBe("internal");
    expect(JSON.stringify(result)).not.toContain("shadow");
  });
});

/** The code of a failed call; empty for one that answered. */
function codeOf(result: CallToolResult): string {
  if (result.isError !== true) return "";
  const [block] = result.content;
  return (JSON.parse(block?.type === "text" ? block.text : "{}") as { code?: string }).code ?? "?";
}
