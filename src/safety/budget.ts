import { AppError } from "../domain/errors.ts";
import type { Consumption, Limit, SharedState } from "../ports/shared-state.ts";
import type { BudgetLimits } from "./settings.ts";

/** What a call weighs, in tenths of a call: a further page of an answer was nearly paid for by the first. */
export const CALL_WEIGHT = { call: 10, page: 1 } as const;
const TENTHS = 10;
/** Below this share left, a caller is told. */
const LOW_SHARE = 0.2;

/** Which limit; these are also the names in the configuration. */
export type BudgetName = "calls" | "api_calls" | "api_cost_usd" | "mistakes";

export interface BudgetLeft {
  /** Whole calls left in the window. */
  readonly calls: number;
  readonly limit: number;
  readonly resetsAfterMs: number;
  /** Less than a fifth is left: worth telling. */
  readonly low: boolean;
}

export interface Budget {
  /** @throws {AppError} `budget_exhausted` */
  spendCall(caller: string, weight: number): Promise<BudgetLeft>;
  /**
   * Refuses a call that would ask clouds when the caller's share of that is used up.
   * @throws {AppError} `budget_exhausted`
   */
  requireUpstream(caller: string): Promise<void>;
  /** What a call turned out to use. May go over: the work is done. */
  spendUpstream(caller: string, used: UpstreamUse): Promise<void>;
  /**
   * Counts a call that could not be understood.
   * @throws {AppError} `budget_exhausted`
   */
  spendMistake(caller: string): Promise<void>;
}

export interface UpstreamUse {
  readonly apiCalls: number;
  /** Millionths of a US dollar. */
  readonly apiCostMicros: number;
}

/** What one caller may use within a window, counted over all replicas. */
export function createBudget(state: SharedState, limits: BudgetLimits): Budget {
  const points: Readonly<Record<BudgetName, number>> = {
    calls: limits.calls * TENTHS,
    api_calls: limits.apiCalls,
    api_cost_usd: limits.apiCostMicros,
    mistakes: limits.mistakes,
  };
  const use = (name: BudgetName, caller: string, amount: number): Promise<Consumption> => {
    const limit: Limit = { points: points[name], windowMs: limits.windowMs };
    return state.consume(`budget:${name}:${caller}`, amount, limit);
  };
  const exhausted = (name: BudgetName, { resetsAfterMs }: Consumption): AppError =>
    budgetExhausted(name, limits, resetsAfterMs);
  return {
    async spendCall(caller, weight) {
      const used = await use("calls", caller, weight);
      if (!used.allowed) throw exhausted("calls", used);
      const left = Math.floor((points.calls - used.used) / TENTHS);
      return {
        calls: left,
        limit: limits.calls,
        resetsAfterMs: used.resetsAfterMs,
        low: left < limits.calls * LOW_SHARE,
      };
    },
    async requireUpstream(caller) {
      const names = ["api_calls", "api_cost_usd"] as const;
      const uses = await Promise.all(names.map((name) => use(name, caller, 0)));
      for (const [index, name] of names.entries()) {
        const used = uses[index];
        if (used !== undefined && used.used >= points[name]) throw exhausted(name, used);
      }
    },
    async spendUpstream(caller, { apiCalls, apiCostMicros }) {
      if (apiCalls > 0) await use("api_calls", caller, apiCalls);
      if (apiCostMicros > 0) await use("api_cost_usd", caller, apiCostMicros);
    },
    async spendMistake(caller) {
      const used = await use("mistakes", caller, 1);
      if (!used.allowed) throw exhausted("mistakes", used);
    },
  };
}

const WHAT: Readonly<Record<BudgetName, string>> = {
  calls: "calls",
  api_calls: "requests to the clouds",
  api_cost_usd: "money for cloud requests",
  mistakes: "calls that could not be understood",
};

const ADVICE: Readonly<Record<BudgetName, string>> = {
  calls:
    "Work with the answers you have, and tell the user; ask for more per call (limit, response_format) when the window is over.",
  api_calls:
    "Ask again with a higher max_age_minutes to be answered from the stored inventory, or tell the user.",
  api_cost_usd: "Work with the costs you have, and tell the user.",
  mistakes: "Read tools/list again: names and arguments must be exactly as listed there.",
};

function budgetExhausted(name: BudgetName, limits: BudgetLimits, resetsAfterMs: number): AppError {
  const minutes = Math.round(limits.windowMs / 60_000);
  return new AppError(
    "budget_exhausted",
    `The budget of ${WHAT[name]} for ${minutes} min is used up.`,
    {
      hint: `${ADVICE[name]} The operator sets the limit as safety.budget.${name}.`,
      retryAfterMs: resetsAfterMs,
      details: { budget: name },
    },
  );
}
