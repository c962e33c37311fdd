import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";
import { METRICS } from "../ports/metrics.ts";
import type { MetricExporter } from "./metrics.ts";

const PREFIX = "tag_compliance_";
const MS_PER_SECOND = 1000;
/** Seconds: from an answer out of memory to a scan of a large organisation. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 60, 300, 600];

/** Text for a scraper, with its content type. */
export interface MetricsPage {
  readonly contentType: string;
  readonly text: string;
}

export interface PrometheusExporter extends MetricExporter {
  page(): Promise<MetricsPage>;
}

/** Own metrics and Node's (event loop delay, memory, CPU) in Prometheus' text format. */
export function createPrometheusExporter(): PrometheusExporter {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const recorders = new Map<string, (value: number, labels: Record<string, string>) => void>(
    Object.values(METRICS).map((metric) => {
      const settings = {
        name: `${PREFIX}${metric.prometheus}`,
        help: metric.help,
        labelNames: [...metric.labels],
        registers: [registry],
      };
      if (metric.kind === "counter") {
        const counter = new Counter(settings);
        return [metric.prometheus, (value, labels) => counter.inc(labels, value)];
      }
      const histogram = new Histogram({ ...settings, buckets: BUCKETS });
      return [
        metric.prometheus,
        (value, labels) => histogram.observe(labels, value / MS_PER_SECOND),
      ];
    }),
  );
  return {
    record: ({ prometheus }, value, labels) => recorders.get(prometheus)?.(value, { ...labels }),
    page: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
