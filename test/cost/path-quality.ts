import { allocationJudge } from "../../src/domain/cost/allocation.ts";
import type { CostGroup } from "../../src/domain/cost/cost-line.ts";
import { fixPointsOf } from "../../src/domain/cost/fix-points.ts";
import { GapTally } from "../../src/domain/cost/gap.ts";
import { coverPath, type FixPoint } from "../../src/domain/cost/path-to-allocated.ts";
import { denominatorsOf } from "../../src/domain/cost/waterfall.ts";
import { AT_MS } from "../policy/fixtures.ts";
import { POLICY } from "./fixtures.ts";
import { seededBill } from "./seeded-gap.ts";

const judge = allocationJudge(POLICY, ["CostCenter"], AT_MS);

export function sumsOf(groups: readonly CostGroup[]) {
  const tally = new GapTally({ judge, grouping: null, teamTag: "Owner", metric: "effective" });
  for (const group of groups) tally.add(group);
  const [sums] = tally.sums();
  if (sums === undefined) throw new Error("The seeded bill is empty.");
  return sums;
}

/** Every subset, by size: the fewest points that gain the target, and the most that so many points gain. */
function optimum(amounts: readonly bigint[], points: readonly FixPoint<unknown>[], target: bigint) {
  const reach = points.map(({ reaches }) =>
    reaches.reduce((mask, at) => mask | (1n << BigInt(at)), 0n),
  );
  const mostGained: bigint[] = [];
  for (let subset = 0; subset < 1 << points.length; subset += 1) {
    let covered = 0n;
    let size = 0;
    reach.forEach((mask, at) => {
      if ((subset & (1 << at)) === 0) return;
      covered |= mask;
      size += 1;
    });
    const gain = amounts.reduce(
      (sum, micros, at) => ((covered >> BigInt(at)) & 1n ? sum + micros : sum),
      0n,
    );
    if (gain > (mostGained[size] ?? -1n)) mostGained[size] = gain;
  }
  const fewest = mostGained.findIndex((gain) => gain >= target);
  return { fewest: fewest === -1 ? null : fewest, mostGained };
}

/** The path that is chosen on each of 50 seeded estates, and the best of every possible choice. */
export const estates = Array.from({ length: 50 }, (_, seed) => {
  const sums = sumsOf(seededBill(seed + 1, { accounts: 5, parents: 4, charges: 60 }));
  const points = fixPointsOf(sums).slice(0, 14);
  const amounts = sums.cells.map(({ micros }) => micros);
  const { taggable } = denominatorsOf(sums.buckets);
  const target = (taggable * 85n) / 100n - sums.buckets.allocated;
  const path = coverPath(amounts, points, target);
  return { path, target, best: optimum(amounts, points, target) };
});

/** Steps taken over the fewest possible, on all estates where the target can be reached. */
export function pathRatio(): { readonly estates: number; readonly ratio: number } {
  const compared = estates.flatMap(({ path, best }) =>
    best.fewest === null ? [] : [{ taken: path.steps.length, fewest: best.fewest }],
  );
  const sum = (of: (one: (typeof compared)[number]) => number): number =>
    compared.reduce((all, one) => all + of(one), 0);
  return {
    estates: compared.length,
    ratio: sum(({ taken }) => taken) / sum(({ fewest }) => fewest),
  };
}
