import type { MetricDefinition, Metrics } from "../ports/metrics.ts";
import { METRICS } from "../ports/metrics.ts";

/** One way out of the process. */
export interface MetricExporter {
  record(metric: MetricDefinition, value: number, labels: Readonly<Record<string, string>>): void;
}

/** Hands every measurement to every exporter; with none of them it costs nothing. */
export function createMetrics(exporters: readonly MetricExporter[]): Metrics {
  return {
    record: (name, value, labels) => {
      for (const exporter of exporters) exporter.record(METRICS[name], value, labels);
    },
  };
}
