import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, LOG_LEVEL_META_KEY } from "@modelcontextprotocol/client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type McpEndpoint, createMcpEndpoint } from "../../src/http/mcp-endpoint.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { connectInProcess, connectStdio, ERAS } from "../mcp/connect.ts";
import { subscribe } from "../mcp/subscribed.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

const COMMAND = fileURLToPath(new URL("command-line.ts", import.meta.url));
const POLICY = "policy://tagging";
const SOON = { timeout: 10_000 };

let folder: string;
let policyFile: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "changes-"));
  policyFile = join(folder, "policy.yaml");
  copyFileSync(join(process.cwd(), "sandbox/policy.yaml"), policyFile);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let rules = 0;
/** Puts another policy in the place of the file, as editors and tools that write policies do. */
function changePolicy(): void {
  const beside = join(folder, "policy.yaml.new");
  rules += 1;
  writeFileSync(beside, `version: "2.0"\nrequired_tags: [{ name: Rule${rules} }]\n`);
  renameSync(beside, policyFile);
}

describe.each(ERAS)("a client of the whole product, $era", ({ mode }) => {
  let product: SandboxedApplication;
  let endpoint: McpEndpoint;
  let client: Client;
  beforeAll(async () => {
    process.env["TAG_COMPLIANCE_POLICY_FILE"] = policyFile;
    product = await startSandboxed({ estate: { seed: 5, resources: 300 } });
    const { app } = product;
    endpoint = createMcpEndpoint({ ...app, createServer: createMcp({ ...app, version: "0.0.0" }) });
  }, 60_000);
  afterAll(async () => {
    await endpoint?.close();
    await product?.close();
    delete process.env["TAG_COMPLIANCE_POLICY_FILE"];
  });
  beforeEach(async () => {
    client = await connectInProcess(mode, (request) => endpoint.fetch(request));
  });
  afterEach(() => client.close());

  it("is told of a new policy while nobody asks for it, until it ends that", async () => {
    await client.readResource({ uri: POLICY });
    const { updates, end } = await subscribe(client, mode, POLICY);
    changePolicy();
    await vi.waitFor(() => expect(updates).toEqual([POLICY]), SOON);
    const [content] = (await client.readResource({ uri: POLICY })).contents;
    expect(JSON.stringify(content)).toContain(`Rule${rules}`);
    await end();
    await vi.waitFor(() => expect(product.app.changes.isHeard()).toBe(false));
    changePolicy();
    await client.readResource({ uri: POLICY });
    expect(updates).toEqual([POLICY]);
  });

  it("is told that a later scan replaced the one it looks at", async () => {
    const { scanId } = await product.check();
    const uri = `scan://${scanId}/violations`;
    const { updates } = await subscribe(client, mode, uri);
    const { scanId: later } = await product.check();
    await vi.waitFor(() => expect(updates).toEqual([uri]), SOON);
    await expect(client.readResource({ uri })).rejects.toThrow(later);
  });

  it("is told that what it looks at was judged anew", async () => {
    const { scanId } = await product.check();
    const uri = `scan://${scanId}/violations`;
    const { updates } = await subscribe(client, mode, uri);
    changePolicy();
    const answer = await vi.waitFor(async () => {
      const now = await product.check({ refresh: false, maxAgeMinutes: 600 });
      expect(now.tally.map(({ tag }) => tag)).toContain(`Rule${rules}`);
      return now;
    }, SOON);
    expect(answer.scanId).toBe(scanId);
    await vi.waitFor(() => expect(updates).toEqual([uri]), SOON);
  });

  it.each([
    { level: "warning", hears: true },
    { level: "error", hears: false },
  ] as const)("at level $level hears of an account that could not be read: $hears", async (one) => {
    const { estate, faults } = product.sandbox;
    const account = estate.groups.find(({ cloud }) => cloud === "gcp")?.account ?? "";
    faults.replace([{ cloud: "gcp", account, kind: "deny" }]);
    const heard: unknown[] = [];
    client.setNotificationHandler("notifications/message", ({ params }) => {
      heard.push(params);
    });
    if (mode === "legacy") await client.setLoggingLevel(one.level);
    const answer = await client.callTool({
      name: "check_tag_compliance",
      arguments: { cloud_provider: "gcp", accounts: [account], refresh: true },
      ...(mode === "legacy" ? {} : { _meta: { [LOG_LEVEL_META_KEY]: one.level } }),
    });
    faults.replace([]);
    expect(answer.structuredContent).toMatchObject({ coverage: { complete: false } });
    const warning = {
      level: "warning",
      data: { code: "cell_not_read", details: { cloud: "gcp", account, reason: "access_denied" } },
    };
    expect(heard).toMatchObject(one.hears ? [warning] : []);
  });
});

describe.each(ERAS)("a client over stdio, $era", ({ mode }) => {
  it("is told of a new policy while nobody asks for it, until it ends that", {
    timeout: 60_000,
  }, async () => {
    const client = await connectStdio(mode, [COMMAND, "serve"], {
      TAG_COMPLIANCE_DATA_DIR: folder,
      TAG_COMPLIANCE_POLICY_FILE: policyFile,
      HOME: folder,
    });
    await client.readResource({ uri: POLICY });
    const { updates, end } = await subscribe(client, mode, POLICY);
    changePolicy();
    await vi.waitFor(() => expect(updates).toEqual([POLICY]), SOON);
    await end();
    changePolicy();
    await client.readResource({ uri: POLICY });
    expect(updates).toEqual([POLICY]);
    await client.close();
  });
});
