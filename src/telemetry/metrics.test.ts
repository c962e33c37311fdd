import { metrics as otel } from "@opentelemetry/api";
import { afterEach, describe, expect, test, vi } from "vitest";
import { METRICS } from "../ports/metrics.ts";
import { createEmfExporter } from "./cloudwatch-emf.ts";
import { createMetrics } from "./metrics.ts";
import { createOpenTelemetryExporter } from "./open-telemetry.ts";
import { createPrometheusExporter } from "./prometheus.ts";

afterEach(() => otel.disable());

describe("measurements", () => {
  test("as a Prometheus page: seconds, buckets, labels, and Node's own", async () => {
    const exporter = createPrometheusExporter();
    const metrics = createMetrics([exporter]);
    metrics.record("toolCall", 250, { tool: "check_tag_compliance", outcome: "ok" });
    metrics.record("scannedResources", 3, {});
    metrics.record("scannedResources", 4, {});
    const { text, contentType } = await exporter.page();
    expect(contentType).toMatch(/^text\/plain/);
    const labels = 'tool="check_tag_compliance",outcome="ok"';
    expect(text).toContain(`tag_compliance_tool_call_duration_seconds_sum{${labels}} 0.25\n`);
    expect(text).toContain(
      `tag_compliance_tool_call_duration_seconds_bucket{le="0.25",${labels}} 1\n`,
    );
    expect(text).toContain("tag_compliance_scanned_resources_total 7\n");
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
    expect(text).toContain("process_resident_memory_bytes");
  });

  test("as lines of CloudWatch's embedded metric format", () => {
    const lines: string[] = [];
    const metrics = createMetrics([
      createEmfExporter(
        (line) => lines.push(line),
        () => 1000,
      ),
    ]);
    metrics.record("scannedCells", 2, { cloud: "aws", status: "denied" });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        _aws: {
          Timestamp: 1000,
          CloudWatchMetrics: [
            {
              Namespace: "TagCompliance",
              Dimensions: [["cloud", "status"]],
              Metrics: [{ Name: "ScannedCells", Unit: "Count" }],
            },
          ],
        },
        cloud: "aws",
        status: "denied",
        ScannedCells: 2,
      },
    ]);
    expect(lines[0]).not.toContain("\n");
  });

  test("through OpenTelemetry under its conventions' names", () => {
    const record = vi.fn<(amount: number, attributes: object) => void>();
    const add = vi.fn<(amount: number, attributes: object) => void>();
    const meter = { createHistogram: () => ({ record }), createCounter: () => ({ add }) };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the two instruments that are used
    otel.setGlobalMeterProvider({ getMeter: () => meter } as never);
    const metrics = createMetrics([createOpenTelemetryExporter()]);
    metrics.record("toolCall", 250, { tool: "t", outcome: "ok" });
    metrics.record("toolCall", 50, { tool: "t", outcome: "cloud_denied" });
    metrics.record("scannedCells", 2, { cloud: "aws", status: "denied" });
    const call = { "gen_ai.tool.name": "t", "mcp.method.name": "tools/call" };
    expect(record.mock.calls).toEqual([
      [0.25, call],
      [0.05, { ...call, "error.type": "cloud_denied" }],
    ]);
    expect(add.mock.calls).toEqual([
      [2, { "cloud.provider": "aws", "tag_compliance.status": "denied" }],
    ]);
  });

  test("names are read by dashboards: changing one is changing a contract", () => {
    expect(
      Object.values(METRICS).map(({ prometheus, cloudWatch, openTelemetry, labels }) =>
        [prometheus, cloudWatch, openTelemetry, ...labels].join(" "),
      ),
    ).toEqual([
      "tool_call_duration_seconds ToolLatency mcp.server.operation.duration tool outcome",
      "scan_duration_seconds ScanDuration tag_compliance.scan.duration status",
      "scanned_resources_total ScannedResources tag_compliance.scan.resources",
      "scanned_cells_total ScannedCells tag_compliance.scan.cells cloud status",
      "scheduled_runs_total ScheduledRuns tag_compliance.scheduled.runs job outcome",
    ]);
  });
});
