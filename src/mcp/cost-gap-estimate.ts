import type { CostGapResult } from "../app/cost/cost-gap.ts";
import { daysIn } from "../domain/cost/cost-period.ts";
import { type Estimate, FROM_STORE } from "../safety/intent/estimate.ts";

/** What a question about costs would take, from its dry run. */
export function costGapEstimate({ questions, period }: CostGapResult): Estimate {
  const apiCalls = questions.reduce((sum, { calls }) => sum + calls, 0);
  if (apiCalls === 0) return FROM_STORE;
  const micros = questions.reduce((sum, { costMicros }) => sum + costMicros, 0n);
  return {
    ...FROM_STORE,
    answersFrom: "clouds",
    cells: null,
    resources: null,
    apiCalls,
    apiCostMicros: Number(micros),
    seconds: null,
    costDays: daysIn(period),
    assumptions: [
      "The least it takes: further pages and aliases of a key are requests of their own.",
      "AWS Cost Explorer charges 0.01 USD a request, BigQuery 6.25 USD a TiB; Azure charges nothing.",
      "Imported bills and answers that were kept cost nothing.",
    ],
  };
}
