import { once } from "../app/once.ts";
import type { Settings } from "../config/load.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { TraceCall } from "../ports/trace.ts";
import { createEmfExporter } from "../telemetry/cloudwatch-emf.ts";
import { createMetrics, type MetricExporter } from "../telemetry/metrics.ts";
import type { MetricsPage } from "../telemetry/prometheus.ts";

export interface MetricsParts {
  readonly metrics: Metrics;
  readonly trace: TraceCall;
  /** Null when `/metrics` is not configured. */
  readonly metricsPage: () => Promise<MetricsPage | null>;
}

/**
 * Measuring as the configuration says. Exporters are loaded when the first measurement comes, so that
 * none of them is on the way to the first answer; what comes meanwhile is kept for them.
 */
export function metricsParts(load: () => Settings): MetricsParts {
  const prometheus = once(async () => {
    const { createPrometheusExporter } = await import("../telemetry/prometheus.ts");
    return createPrometheusExporter();
  });
  const metrics = once(async () => {
    const { metrics: chosen } = load().config;
    const exporters: MetricExporter[] = [];
    if (chosen.prometheus) exporters.push(await prometheus());
    if (chosen.cloudwatch) exporters.push(createEmfExporter(writeLog, () => Date.now()));
    if (chosen.opentelemetry) {
      const { createOpenTelemetryExporter } = await import("../telemetry/open-telemetry.ts");
      exporters.push(createOpenTelemetryExporter());
    }
    return createMetrics(exporters);
  });
  const tracer = once(async () => {
    if (!load().config.metrics.opentelemetry) return null;
    const { createTraceCall } = await import("../telemetry/spans.ts");
    return createTraceCall();
  });
  return {
    trace: async (call, run) => {
      const traced = await tracer().catch(() => null);
      return traced === null ? run() : traced(call, run);
    },
    metrics: {
      record: (name, value, labels) => {
        // A configuration that is broken is told in every answer; there is nothing to add here.
        metrics().then(
          (ready) => ready.record(name, value, labels),
          () => undefined,
        );
      },
    },
    metricsPage: async () =>
      load().config.metrics.prometheus ? (await prometheus()).page() : null,
  };
}

function writeLog(line: string): void {
  process.stderr.write(`${line}\n`);
}
