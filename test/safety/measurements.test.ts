import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { startProcess, toolCall } from "./product-process.ts";

/** What operators see of calls and scans, from a server of the product on simulated clouds. */
describe("measurements", () => {
  let sandbox: Sandbox;
  let folder: string;
  beforeAll(async () => {
    sandbox = await startSandbox({ estate: { seed: 7, resources: 300 } });
    folder = mkdtempSync(join(tmpdir(), "measured-"));
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const environment = (metrics: object): Record<string, string> => {
    const config = join(folder, "config.yaml");
    writeFileSync(
      config,
      JSON.stringify({ clouds: { aws: { role_name: "TagComplianceRead" } }, metrics }),
    );
    return {
      ...sandbox.env,
      HOME: folder,
      TAG_COMPLIANCE_CONFIG: config,
      TAG_COMPLIANCE_DATA_DIR: mkdtempSync(join(folder, "data-")),
    };
  };

  it("are at /metrics for Prometheus, calls and scans alike", async () => {
    const server = startProcess(
      ["serve", "--http", "--port", "0"],
      environment({ prometheus: true }),
    );
    const [, url = ""] = await server.said(/(http:\S+)\/mcp/);
    const name = "check_tag_compliance";
    const response = await fetch(`${url}/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": name,
      },
      body: toolCall(1, name, {}),
    });
    const total = Number(/"total_resources":(\d+)/.exec(await response.text())?.[1]);
    expect(total).toBeGreaterThan(0);
    const page = await fetch(`${url}/metrics`);
    expect(page.headers.get("content-type")).toMatch(/^text\/plain/);
    const text = await page.text();
    await server.stop();
    const value = (metric: string): number =>
      Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`${metric} `))
          ?.split(" ")[1],
      );
    const call = `tool="${name}",outcome="ok"`;
    expect(value(`tag_compliance_tool_call_duration_seconds_count{${call}}`)).toBe(1);
    expect(text).toMatch(/tag_compliance_scan_duration_seconds_count\{status="\w+"\} 1\n/);
    expect(value("tag_compliance_scanned_resources_total")).toBeGreaterThanOrEqual(total);
    expect(
      value('tag_compliance_scanned_cells_total{cloud="aws",status="complete"}'),
    ).toBeGreaterThan(0);
  }, 60_000);

  it("are lines on stderr for CloudWatch, and never on stdout", async () => {
    const server = startProcess(["serve"], environment({ cloudwatch: true }));
    server.send(toolCall(1, "check_tag_compliance", {}));
    await server.said(/"id":1[,}]/);
    await server.said(/ToolLatency/);
    const { stdout, stderr } = await server.stop();
    const messages = stdout.trim().split("\n");
    for (const line of messages) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
    const measured = stderr
      .split("\n")
      .filter((line) => line.includes('"_aws"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const metric of ["ToolLatency", "ScanDuration", "ScannedResources", "ScannedCells"])
      expect(measured.some((line) => typeof line[metric] === "number")).toBe(true);
  }, 60_000);
});
