import type { AuditLog } from "../ports/audit.ts";
import type { Clock } from "../ports/clock.ts";
import type { SharedState } from "../ports/shared-state.ts";
import { type Asks, createAsks } from "./intent/asks.ts";
import type { EstimateScan } from "./intent/scan-estimate.ts";
import { type Budget, createBudget } from "./budget.ts";
import { createLoopGuard, type LoopGuard } from "./loops.ts";
import type { IntentSettings, SafetySettings } from "./settings.ts";
import { createUsageMeter, type MeteredUse } from "./usage-meter.ts";

/** What every call passes before and after it runs. */
export interface Safety {
  readonly budget: Budget;
  readonly loops: LoopGuard;
  readonly audit: Pick<AuditLog, "append">;
  readonly intent: IntentSettings;
  readonly asks: Asks;
  readonly estimateScan: EstimateScan;
  /** Measures one call's part of the requests sent to clouds. */
  readonly usage: { start(): MeteredUse };
}

export interface SafetyParts {
  readonly settings: SafetySettings;
  readonly state: SharedState;
  readonly audit: Pick<AuditLog, "append">;
  readonly clock: Clock;
  readonly estimateScan: EstimateScan;
  /** Requests sent to clouds since the start, all callers together. */
  readonly apiCalls: () => number;
}

export function createSafety({
  settings,
  state,
  audit,
  clock,
  estimateScan,
  apiCalls,
}: SafetyParts): Safety {
  return {
    intent: settings.intent,
    asks: createAsks(state, settings.intent),
    estimateScan,
    budget: createBudget(state, settings.budget),
    loops: createLoopGuard(state, settings.loops, clock),
    audit,
    usage: createUsageMeter(apiCalls),
  };
}
