import { z } from "zod";
import { CLOUDS } from "../src/domain/cloud.ts";
import type { CallCounts } from "./call-counts.ts";
import type { Estate } from "./estate/types.ts";
import { FAULT_KINDS, type FaultPlan, type FaultRule } from "./faults.ts";
import type { LoopbackAnswer, LoopbackRequest } from "./loopback.ts";

const PREFIX = "/__sandbox/";

const faultRules = z.array(
  z
    .strictObject({
      kind: z.enum(FAULT_KINDS),
      cloud: z.enum(CLOUDS).optional(),
      service: z.string().optional(),
      operation: z.string().optional(),
      account: z.string().optional(),
      region: z.string().optional(),
      after: z.int().min(0).optional(),
      times: z.int().min(1).optional(),
    })
    .transform(withoutAbsent),
);

/** The rules of a fault file or request; every problem at once when they are none. */
export function parseFaultRules(
  value: unknown,
): { readonly rules: readonly FaultRule[] } | { readonly problems: string } {
  const parsed = faultRules.safeParse(value);
  return parsed.success ? { rules: parsed.data } : { problems: z.prettifyError(parsed.error) };
}

/** A rule matches by the fields it has, so an absent field must not be there as `undefined`. */
function withoutAbsent(rule: { readonly kind: FaultRule["kind"] } & object): FaultRule {
  const present = Object.entries(rule).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(present), kind: rule.kind };
}

/**
 * The sandbox's own interface, served by each cloud beside its API: `GET /__sandbox/truth`,
 * `GET /__sandbox/calls`, `PUT /__sandbox/faults` with a JSON array of fault rules.
 */
export function createControl(sandbox: {
  readonly estate: Estate;
  readonly faults: FaultPlan;
  readonly calls: CallCounts;
}): (request: LoopbackRequest) => LoopbackAnswer | undefined {
  return ({ method, url, body }) => {
    if (!url.pathname.startsWith(PREFIX)) return undefined;
    switch (`${method} ${url.pathname.slice(PREFIX.length)}`) {
      case "GET truth":
        return ok(Object.fromEntries(CLOUDS.map((cloud) => [cloud, sandbox.estate.truth(cloud)])));
      case "GET calls":
        return ok(sandbox.calls.all());
      case "PUT faults":
        return replaceFaults(sandbox.faults, body);
      default:
        return { status: 404, body: { error: "GET truth, GET calls or PUT faults" } };
    }
  };
}

function replaceFaults(faults: FaultPlan, body: string): LoopbackAnswer {
  const parsed = parseFaultRules(parsedJson(body));
  if ("problems" in parsed) return { status: 400, body: { error: parsed.problems } };
  faults.replace(parsed.rules);
  return ok({ rules: parsed.rules.length });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ok(body: unknown): LoopbackAnswer {
  return { status: 200, body };
}
