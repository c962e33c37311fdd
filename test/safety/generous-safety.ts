import { createInProcessState } from "../../src/cache/in-process.ts";
import type { AuditEvent } from "../../src/ports/audit.ts";
import type { SharedState } from "../../src/ports/shared-state.ts";
import { FROM_STORE } from "../../src/safety/intent/estimate.ts";
import type { EstimateScan } from "../../src/safety/intent/scan-estimate.ts";
import { createSafety, type Safety } from "../../src/safety/safety.ts";
import type { SafetySettings } from "../../src/safety/settings.ts";

const MANY = 1_000_000;

/** Limits that no test reaches by accident. */
export const GENEROUS: SafetySettings = {
  budget: {
    windowMs: 3_600_000,
    calls: MANY,
    apiCalls: MANY,
    apiCostMicros: MANY,
    mistakes: MANY,
  },
  loops: { windowMs: 300_000, repeats: MANY, stopAfter: MANY },
  intent: {
    ask: "when_expensive",
    maxResources: 500,
    maxSeconds: 30,
    maxCostDays: 400,
    maxApiCostMicros: 1_000_000,
    confirmWithinMs: 300_000,
    sampleAboveResources: 1000,
  },
};

export interface SafetyForTests {
  readonly settings?: Partial<SafetySettings>;
  readonly state?: SharedState;
  readonly append?: (event: AuditEvent) => Promise<number>;
  readonly apiCalls?: () => number;
  readonly estimateScan?: EstimateScan;
}

/** The guards of the product with limits of our choice; in this process alone unless `state` is shared. */
export function generousSafety({
  settings = {},
  state = createInProcessState({ now: () => Date.now() }),
  append = async () => 1,
  apiCalls = () => 0,
  estimateScan = async () => ({ ...FROM_STORE, places: [], everywhere: [] }),
}: SafetyForTests = {}): () => Promise<Safety> {
  const safety = createSafety({
    settings: { ...GENEROUS, ...settings },
    state,
    audit: { append },
    clock: { now: () => Date.now() },
    apiCalls,
    estimateScan,
  });
  return async () => safety;
}
