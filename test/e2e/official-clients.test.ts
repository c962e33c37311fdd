import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { tools } from "../../src/mcp/tools/index.ts";
import { NEED_FIXTURES } from "../conformance/need-fixtures.ts";
import { inspect, type Target } from "../conformance/inspector.ts";
import { runOfficialSuite } from "../conformance/official-suite.ts";
import { LAUNCHER } from "./product-client.ts";
import { type ProductHttp, startProductHttp } from "./product-http.ts";

/** The built product, on simulated clouds, under clients and a suite that we did not write. */
let sandbox: Sandbox;
let product: ProductHttp;
let environment: Readonly<Record<string, string>>;
let dataDir: string;

beforeAll(async () => {
  sandbox = await startSandbox({ estate: { seed: 2, resources: 300 } });
  dataDir = mkdtempSync(join(tmpdir(), "official-"));
  environment = {
    ...sandbox.env,
    TAG_COMPLIANCE_DATA_DIR: dataDir,
    TAG_COMPLIANCE_POLICY_FILE: join(process.cwd(), "sandbox/policy.yaml"),
  };
  product = await startProductHttp(environment);
}, 60_000);
afterAll(async () => {
  await product.stop();
  await sandbox.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A command line that needs no environment of the inspector's. */
const stdioCommand = (): readonly string[] => [
  "env",
  ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  process.execPath,
  LAUNCHER,
  "serve",
];

const TARGETS: readonly (readonly [string, () => Target])[] = [
  ["HTTP, 2026-07-28", () => ({ url: `${product.url}/mcp`, era: "modern" })],
  ["HTTP, 2025-11-25", () => ({ url: `${product.url}/mcp`, era: "legacy" })],
  ["stdio, 2026-07-28", () => ({ command: stdioCommand(), era: "modern" })],
  ["stdio, 2025-11-25", () => ({ command: stdioCommand(), era: "legacy" })],
];

describe.each(TARGETS)("the official inspector over %s", (_, target) => {
  test("lists the tools, and finds nothing to complain of", async () => {
    const run = await inspect(target(), ["--method", "tools/list", "--strict"]);
    expect(run.stderr).not.toMatch(/Warning: tool|Error: tool/);
    expect(run).toMatchObject({
      exitCode: 0,
      answer: { result: { tools: tools.map(({ name }) => ({ name })) } },
    });
  });

  test("calls check_tag_compliance and gets the planted truth", async () => {
    const truth = sandbox.estate.truth("gcp");
    const run = await inspect(
      target(),
      call("check_tag_compliance", { cloud_provider: "gcp", severity: "errors_only" }),
    );
    expect(run).toMatchObject({
      exitCode: 0,
      answer: {
        result: {
          structuredContent: {
            total_resources: truth.total,
            compliant_resources: truth.compliant,
            non_compliant_resources: truth.nonCompliant,
          },
        },
      },
    });
  });

  test("calls get_tagging_policy", async () => {
    const run = await inspect(target(), call("get_tagging_policy", {}));
    expect(run).toMatchObject({
      exitCode: 0,
      answer: { result: { structuredContent: { source: "file", last_error: null } } },
    });
  });
});

function call(tool: string, args: Readonly<Record<string, unknown>>): readonly string[] {
  return ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", JSON.stringify(args)];
}

describe("the official conformance suite", () => {
  test.each(["2025-11-25", "2026-07-28"] as const)(
    "passes what %s requires of a server without fixtures",
    async (revision) => {
      const expected = NEED_FIXTURES[revision];
      const run = await runOfficialSuite(`${product.url}/mcp`, revision, expected);
      const verdict = run.output.slice(run.output.lastIndexOf("=== SUMMARY"));
      expect({ exitCode: run.exitCode, verdict }).toEqual({ exitCode: 0, verdict });
      expect([...run.scenarios.values()].filter(Boolean).length).toBeGreaterThan(3);
    },
    120_000,
  );
});

test("/health tells the policy in force, the clouds and the inventory", async () => {
  const response = await fetch(`${product.url}/health`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: "ok",
    configuration: { status: "ok", clouds: ["aws", "azure", "gcp"] },
    policy: { source: "file", last_error: null },
    inventory: { status: "ok" },
  });
});
