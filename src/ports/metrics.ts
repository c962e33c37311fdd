/** What one measurement is called and how it is counted, for every exporter. */
export interface MetricDefinition {
  readonly kind: "counter" | "histogram";
  /** Prometheus name without the prefix; seconds for durations, `_total` for counters. */
  readonly prometheus: string;
  /** CloudWatch name; durations in milliseconds there. */
  readonly cloudWatch: string;
  /** OpenTelemetry name; the semantic conventions' own where they have one. */
  readonly openTelemetry: string;
  readonly unit: "milliseconds" | "count";
  readonly help: string;
  /** Few values each: every combination is a time series that somebody pays for. */
  readonly labels: readonly string[];
}

/**
 * Everything that is measured. Names and labels are read by dashboards and alarms: changing one is
 * changing a contract.
 */
export const METRICS = {
  toolCall: {
    kind: "histogram",
    prometheus: "tool_call_duration_seconds",
    cloudWatch: "ToolLatency",
    // opentelemetry.io/docs/specs/semconv/gen-ai/mcp: duration of a request as the server sees it.
    openTelemetry: "mcp.server.operation.duration",
    unit: "milliseconds",
    help: "Time to answer a tool call, by tool and outcome (ok or an error code).",
    labels: ["tool", "outcome"],
  },
  scan: {
    kind: "histogram",
    prometheus: "scan_duration_seconds",
    cloudWatch: "ScanDuration",
    openTelemetry: "tag_compliance.scan.duration",
    unit: "milliseconds",
    help: "Time that a scan took, by how it ended.",
    labels: ["status"],
  },
  scannedResources: {
    kind: "counter",
    prometheus: "scanned_resources_total",
    cloudWatch: "ScannedResources",
    openTelemetry: "tag_compliance.scan.resources",
    unit: "count",
    help: "Resources that scans have read.",
    labels: [],
  },
  scannedCells: {
    kind: "counter",
    prometheus: "scanned_cells_total",
    cloudWatch: "ScannedCells",
    openTelemetry: "tag_compliance.scan.cells",
    unit: "count",
    help: "Cells (cloud, account, Region, type) that scans have ended, by cloud and status.",
    labels: ["cloud", "status"],
  },
  scheduledRun: {
    kind: "counter",
    prometheus: "scheduled_runs_total",
    cloudWatch: "ScheduledRuns",
    openTelemetry: "tag_compliance.scheduled.runs",
    unit: "count",
    help: "Runs of scheduled jobs, by job and outcome (done, failed, or missed: nobody ran when it was due).",
    labels: ["job", "outcome"],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;
export type MetricLabels<Name extends MetricName> = Readonly<
  Record<(typeof METRICS)[Name]["labels"][number], string>
>;

/** Where measurements go. Recording never throws and never waits. */
export interface Metrics {
  /** @param value milliseconds for a duration, else how many more. */
  record<Name extends MetricName>(name: Name, value: number, labels: MetricLabels<Name>): void;
}
