import type { IntentSettings } from "../settings.ts";

/** What a call would read and cost, made without asking any cloud. Null: not known. */
export interface Estimate {
  /** `stored`: what is stored is young enough to answer, and nothing is read. */
  readonly answersFrom: "stored" | "clouds";
  /** Places to read: cloud × account × region × type. */
  readonly cells: number | null;
  readonly resources: number | null;
  /** Requests to the clouds. */
  readonly apiCalls: number | null;
  /** Millionths of a US dollar. */
  readonly apiCostMicros: number;
  readonly seconds: number | null;
  /** Days that a query for costs spans; 0 where none is made. */
  readonly costDays: number;
  /** Age of what is stored for the scope; null when nothing is. */
  readonly storedAgeMinutes: number | null;
  /** What the figures rest on, in our own words. */
  readonly assumptions: readonly string[];
}

/** An answer that is there already. */
export const FROM_STORE: Estimate = {
  answersFrom: "stored",
  cells: 0,
  resources: 0,
  apiCalls: 0,
  apiCostMicros: 0,
  seconds: 0,
  costDays: 0,
  storedAgeMinutes: null,
  assumptions: [],
};

/**
 * Is the call known to be expensive? What is not known is not known to be expensive: a first scan runs,
 * and tells how far it is. Many resources alone are not expensive where reading them takes seconds.
 */
export function isExpensive(estimate: Estimate, settings: IntentSettings): boolean {
  if (estimate.answersFrom === "stored") return false;
  const { resources, seconds, apiCostMicros, costDays } = estimate;
  const large = resources !== null && resources > settings.maxResources;
  const slow = seconds !== null && seconds > settings.maxSeconds;
  const paid = apiCostMicros > 0;
  return (
    (large && slow) ||
    apiCostMicros > settings.maxApiCostMicros ||
    (paid && costDays > settings.maxCostDays)
  );
}
