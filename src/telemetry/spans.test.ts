import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTraceCall } from "./spans.ts";

interface Told {
  readonly name: string;
  readonly attributes: Record<string, unknown>;
  readonly parent: string | undefined;
  status: number;
  ended: boolean;
}

let told: Told[] = [];

/** What an SDK would do with the calls of its interface, as far as we make them. */
const tracer: Pick<Tracer, "startActiveSpan"> = {
  startActiveSpan: (name: string, ...rest: unknown[]) => {
    const options = rest[0] as SpanOptions;
    const within = (rest.length === 3 ? rest[1] : ROOT_CONTEXT) as Context;
    const seen: Told = {
      name,
      attributes: { ...options.attributes },
      parent: trace.getSpanContext(within)?.traceId,
      status: SpanStatusCode.UNSET,
      ended: false,
    };
    told.push(seen);
    const span = {
      setAttribute: (key: string, value: unknown) => {
        seen.attributes[key] = value;
      },
      setStatus: ({ code }: { code: number }) => {
        seen.status = code;
      },
      end: () => {
        seen.ended = true;
      },
    };
    return (rest.at(-1) as (span: Span) => unknown)(span as unknown as Span) as never;
  },
};

beforeEach(() => {
  told = [];
  trace.setGlobalTracerProvider({ getTracer: () => tracer as Tracer });
  propagation.setGlobalPropagator({
    fields: () => ["traceparent"],
    inject: () => undefined,
    extract: (within, carrier: { traceparent: string }) => {
      const [, traceId = "", spanId = ""] = carrier.traceparent.split("-");
      return trace.setSpanContext(within, { traceId, spanId, traceFlags: 1 });
    },
  });
});
afterEach(() => {
  trace.disable();
  propagation.disable();
  context.disable();
});

it("is named, and says of whom, as the conventions have it", async () => {
  const answer = { outcome: "ok", result: 1 };
  const call = { method: "tools/call", name: "check_tag_compliance" } as const;
  expect(await createTraceCall()(call, async () => answer)).toBe(answer);
  expect(told).toEqual([
    {
      name: "tools/call check_tag_compliance",
      attributes: {
        "mcp.method.name": "tools/call",
        "gen_ai.tool.name": "check_tag_compliance",
      },
      parent: undefined,
      status: SpanStatusCode.UNSET,
      ended: true,
    },
  ]);
});

it("belongs to the trace that the request names", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const call = { method: "prompts/get", name: "fix", traceparent } as const;
  await createTraceCall()(call, async () => ({ outcome: "asked" }));
  expect(told[0]).toMatchObject({
    name: "prompts/get fix",
    parent: "0af7651916cd43dd8448eb211c80319c",
    status: SpanStatusCode.UNSET,
  });
});

it("tells a failure by its code, and ends when a call throws", async () => {
  const call = { method: "tools/call", name: "x" } as const;
  await createTraceCall()(call, async () => ({ outcome: "cloud_denied" }));
  await expect(
    createTraceCall()(call, async () => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect(told[0]?.attributes).toMatchObject({ "error.type": "cloud_denied" });
  expect(told[0]?.status).toBe(SpanStatusCode.ERROR);
  expect(told.map(({ ended }) => ended)).toEqual([true, true]);
});
