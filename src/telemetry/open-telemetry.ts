import { type Attributes, type Counter, type Histogram, metrics } from "@opentelemetry/api";
import { METRICS } from "../ports/metrics.ts";
import type { MetricExporter } from "./metrics.ts";

const MS_PER_SECOND = 1000;

/** How the GenAI and MCP conventions name our labels; labels without a convention get our namespace. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  tool: "gen_ai.tool.name",
  outcome: "error.type",
  cloud: "cloud.provider",
};

/**
 * Measurements through the OpenTelemetry API: nothing happens unless the process was started with an
 * SDK (`node --import @opentelemetry/auto-instrumentations-node/register`), which then exports them.
 */
export function createOpenTelemetryExporter(): MetricExporter {
  const meter = metrics.getMeter("tag-compliance");
  const instruments = new Map<string, Counter | Histogram>(
    Object.values(METRICS).map(({ kind, openTelemetry, unit, help }) => {
      const options = { description: help, unit: unit === "milliseconds" ? "s" : "1" };
      return [
        openTelemetry,
        kind === "counter"
          ? meter.createCounter(openTelemetry, options)
          : meter.createHistogram(openTelemetry, options),
      ];
    }),
  );
  return {
    record: ({ openTelemetry, unit }, value, labels) => {
      const instrument = instruments.get(openTelemetry);
      const amount = unit === "milliseconds" ? value / MS_PER_SECOND : value;
      if (instrument === undefined) return;
      if ("record" in instrument) instrument.record(amount, attributesOf(labels));
      else instrument.add(amount, attributesOf(labels));
    },
  };
}

function attributesOf(labels: Readonly<Record<string, string>>): Attributes {
  const attributes: Attributes = {};
  for (const [label, value] of Object.entries(labels)) {
    // `error.type` is for failures only (opentelemetry.io/docs/specs/semconv/registry/attributes/error).
    if (label === "outcome" && value === "ok") continue;
    attributes[ATTRIBUTES[label] ?? `tag_compliance.${label}`] = value;
  }
  if (labels["tool"] !== undefined) attributes["mcp.method.name"] = "tools/call";
  return attributes;
}
