import type { Client } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMcpEndpoint, type McpEndpoint } from "../../src/http/mcp-endpoint.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { connectInProcess } from "../mcp/connect.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

/** The whole product on simulated clouds and a real database, read by the official client. */
describe("resources of the whole product", () => {
  let product: SandboxedApplication;
  let endpoint: McpEndpoint;
  let client: Client;
  beforeAll(async () => {
    product = await startSandboxed({ estate: { seed: 5, resources: 500 } });
    const { app } = product;
    endpoint = createMcpEndpoint({ ...app, createServer: createMcp({ ...app, version: "0.0.0" }) });
    client = await connectInProcess({ pin: "2026-07-28" }, (request) => endpoint.fetch(request));
  }, 120_000);
  afterAll(async () => {
    await client?.close();
    await endpoint?.close();
    await product?.close();
  });

  const readJson = async (uri: string) => {
    const [content] = (await client.readResource({ uri })).contents;
    return JSON.parse(content !== undefined && "text" in content ? content.text : "") as Record<
      string,
      unknown
    >;
  };

  it("pages through every violation of a scan, once each", { timeout: 300_000 }, async () => {
    const found = await product.check();
    let uri: string | null = `scan://${found.scanId}/violations`;
    const seen: string[] = [];
    while (uri !== null) {
      const page = await readJson(uri);
      expect(page).toMatchObject({ status: found.coverage.complete ? "complete" : "partial" });
      seen.push(...(page["violations"] as object[]).map((one) => JSON.stringify(one)));
      uri = page["next_uri"] as string | null;
    }
    expect(seen).toHaveLength(found.violationCount);
    expect(new Set(seen).size).toBe(seen.length);

    const { completion } = await client.complete({
      ref: { type: "ref/resource", uri: "scan://{scan_id}/violations{?severity,format,cursor}" },
      argument: { name: "scan_id", value: "scan" },
    });
    expect(completion.values).toContain(found.scanId);

    const newer = await product.check();
    await expect(readJson(`scan://${found.scanId}/violations`)).rejects.toThrow(
      `Read scan://${newer.scanId}/violations instead.`,
    );
  });

  it("shows its own reads in the audit records, and those of no other tenant", async () => {
    await readJson("policy://tagging");
    await product.app.safety().then(({ audit }) =>
      audit.append({
        atMs: Date.now(),
        event: "call",
        correlationId: "call_other",
        actor: { kind: "oauth", tenant: "other", subject: "eve", client: null },
        channel: "http",
        action: "policy://tagging",
        argumentsDigest: null,
        outcome: "ok",
        details: {},
      }),
    );
    const { records } = await readJson("audit://records?action=policy%3A%2F%2Ftagging");
    expect(records).toMatchObject([
      { action: "policy://tagging", outcome: "ok", actor: { kind: "anonymous" } },
    ]);
    expect(JSON.stringify(records)).not.toContain("call_other");
  });
});
