/** The version whose published specification requests and answers are checked against. */
export const COST_API_VERSION = "2023-11-01";

/**
 * A tenant has 12 query processing units in 10 seconds and 60 in a minute; a month of data takes one
 * (learn.microsoft.com/azure/cost-management-billing/costs/manage-automation, "Rate limiting").
 */
export const COST_RATE = { capacity: 6, refillPerSecond: 0.9 } as const;

/** Cost data is refreshed every four hours (learn.microsoft.com/azure/cost-management-billing/costs/understand-cost-mgt-data). */
export const COST_KEPT_FOR_MS = 4 * 3_600_000;
