import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningHttp, startHttp } from "../../src/http/server.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { tools } from "../../src/mcp/tools/index.ts";
import { fakeApp } from "../mcp/fake-app.ts";
import { inspect, type Target } from "./inspector.ts";

const FIXTURE = fileURLToPath(new URL("../mcp/fixture-stdio.ts", import.meta.url));

let http: RunningHttp;
beforeAll(async () => {
  const { deps } = fakeApp();
  http = await startHttp(
    { ...deps, createServer: createMcp(deps), health: async () => ({ status: "ok" }) },
    { port: 0 },
  );
});
afterAll(() => http.close());

const TARGETS: readonly { readonly name: string; readonly target: () => Target }[] = [
  { name: "HTTP, 2026-07-28", target: () => ({ url: `${http.url}/mcp`, era: "modern" }) },
  { name: "HTTP, 2025-11-25", target: () => ({ url: `${http.url}/mcp`, era: "legacy" }) },
  {
    name: "stdio, 2026-07-28",
    target: () => ({ command: [process.execPath, FIXTURE], era: "modern" }),
  },
  {
    name: "stdio, 2025-11-25",
    target: () => ({ command: [process.execPath, FIXTURE], era: "legacy" }),
  },
];

describe.each(TARGETS)("the official inspector over $name", ({ target }) => {
  it("lists every tool and finds no schema that a client might refuse", async () => {
    const run = await inspect(target(), ["--method", "tools/list", "--strict"]);
    expect(run.stderr).not.toMatch(/Warning: tool|Error: tool/);
    expect(run.exitCode).toBe(0);
    expect(run.answer).toMatchObject({ result: { tools: tools.map(({ name }) => ({ name })) } });
  });

  it.each([
    { tool: "check_tag_compliance", args: { cloud_provider: "aws", limit: 5 } },
    { tool: "get_tagging_policy", args: { response_format: "detailed" } },
  ])("calls $tool", async ({ tool, args }) => {
    const run = await inspect(target(), [
      "--method",
      "tools/call",
      "--tool-name",
      tool,
      "--tool-args-json",
      JSON.stringify(args),
    ]);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.answer).toMatchObject({
      result: { structuredContent: { policy_hash: "0123456789abcdef" } },
    });
  });

  it.each([
    { method: "resources/list", args: [], finds: "policy://tagging" },
    { method: "resources/templates/list", args: [], finds: "scan://{scan_id}/violations" },
    { method: "resources/read", args: ["--uri", "policy://tagging"], finds: "CostCenter" },
    { method: "prompts/list", args: [], finds: "executive_tagging_report" },
    {
      method: "prompts/get",
      args: ["--prompt-name", "monthly_compliance_audit", "--prompt-args", "cloud_provider=gcp"],
      finds: "detect_tag_drift",
    },
  ])("answers $method", async ({ method, args, finds }) => {
    const run = await inspect(target(), ["--method", method, ...args]);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(JSON.stringify(run.answer)).toContain(finds);
  });

  it("sees a refused call as an error of the tool", async () => {
    const run = await inspect(target(), [
      "--method",
      "tools/call",
      "--tool-name",
      "get_tagging_policy",
      "--tool-args-json",
      '{"tag":["Owner"]}',
    ]);
    expect(run.exitCode).toBe(5);
    expect(JSON.stringify(run.answer)).toContain("Did you mean tags?");
  });
});
