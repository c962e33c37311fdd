import {
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { TraceCall, TracedMethod } from "../ports/trace.ts";

/** How the GenAI and MCP conventions name what a method is about; a resource's is its address, not a name. */
const NAME_ATTRIBUTES: Readonly<Record<TracedMethod, string>> = {
  "tools/call": "gen_ai.tool.name",
  "prompts/get": "gen_ai.prompt.name",
  "resources/read": "tag_compliance.resource",
};
/** Not a failure: the call was answered, if only with a question or an estimate. */
const ANSWERED: ReadonlySet<string> = new Set(["ok", "asked", "dry_run"]);

/**
 * A span for each call, through the OpenTelemetry API: nothing happens unless the process was started
 * with an SDK. The caller's span is the parent where the request names one.
 * @see opentelemetry.io/docs/specs/semconv/gen-ai/mcp
 */
export function createTraceCall(): TraceCall {
  const tracer = trace.getTracer("tag-compliance");
  return ({ method, name: target, traceparent }, run) => {
    const options = {
      kind: SpanKind.SERVER,
      attributes: { "mcp.method.name": method, [NAME_ATTRIBUTES[method]]: target },
    };
    const name = `${method} ${target}`;
    const traced = async (span: Span): ReturnType<typeof run> => {
      try {
        const ended = await run();
        if (!ANSWERED.has(ended.outcome)) {
          span.setAttribute("error.type", ended.outcome);
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        return ended;
      } finally {
        span.end();
      }
    };
    if (traceparent === undefined) return tracer.startActiveSpan(name, options, traced);
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
    return tracer.startActiveSpan(name, options, parent, traced);
  };
}
