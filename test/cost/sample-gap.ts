import type { CostGapResult } from "../../src/app/cost/cost-gap.ts";

/** An answer with one figure, as a small bill gives it. */
export const sampleGap: CostGapResult = {
  period: { from: "2026-10-01", to: "2026-11-01" },
  tags: ["CostCenter"],
  teamTag: "Owner",
  groupBy: "account",
  filtered: false,
  figures: [
    {
      clouds: ["aws"],
      method: "cost_explorer",
      metric: "effective",
      currency: "USD",
      buckets: {
        allocated: 710_000_000n,
        gap_missing_or_empty: 160_000_000n,
        gap_invalid_value: 30_000_000n,
        exempt: 0n,
        no_resource_id: 0n,
        not_taggable_charge: 100_000_000n,
      },
      obstacle: null,
      rows: [],
      grouped: true,
      months: [],
      path: null,
      first: [],
      confidence: "medium",
      asOfMs: Date.UTC(2026, 10, 1),
      ageTold: false,
      estimated: false,
      missing: [],
      keys: [],
      linesLeftOut: 0,
      lines: 0,
      seesResources: false,
      firstExemptionEndsMs: null,
    },
  ],
  without: [],
  questions: [
    { cloud: "aws", method: "cost_explorer", kept: false, calls: 2, costMicros: 20_000n },
  ],
  dryRun: false,
  policyHash: "ab".repeat(32),
};
