import type { Cloud } from "../domain/cloud.ts";
import { VERDICTS, type VerdictCounts } from "../domain/compliance/violation.ts";
import { oncePer } from "../domain/once-per.ts";
import type { Breakdown } from "../ports/inventory.ts";

/** Verdicts of all places together. */
export const sumOf = oncePer((places: readonly Breakdown[]): VerdictCounts => {
  const sum = { compliant: 0, non_compliant: 0, exempt: 0, unknown: 0, out_of_scope: 0 };
  for (const { counts } of places) for (const verdict of VERDICTS) sum[verdict] += counts[verdict];
  return sum;
});

/** The places of each cloud that has any. */
export const placesByCloud = oncePer(
  (places: readonly Breakdown[]): ReadonlyMap<Cloud, readonly Breakdown[]> =>
    Map.groupBy(places, ({ cloud }) => cloud),
);
