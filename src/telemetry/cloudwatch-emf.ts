import type { MetricExporter } from "./metrics.ts";

const NAMESPACE = "TagCompliance";
const UNITS = { milliseconds: "Milliseconds", count: "Count" } as const;

/**
 * CloudWatch's embedded metric format
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * a line of JSON in the log that CloudWatch turns into a metric.
 * @param writeLine puts one line where the log goes.
 */
export function createEmfExporter(
  writeLine: (line: string) => void,
  now: () => number,
): MetricExporter {
  return {
    record: ({ cloudWatch, unit, labels: names }, value, labels) => {
      const definition = {
        Namespace: NAMESPACE,
        Dimensions: [[...names]],
        Metrics: [{ Name: cloudWatch, Unit: UNITS[unit] }],
      };
      writeLine(
        JSON.stringify({
          _aws: { Timestamp: now(), CloudWatchMetrics: [definition] },
          ...labels,
          [cloudWatch]: value,
        }),
      );
    },
  };
}
