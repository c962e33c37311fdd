import type { Micros } from "../money.ts";

/** One place where one act gives an owner to all the spend it reaches. */
export interface FixPoint<Fix> {
  readonly fix: Fix;
  /** Positions of the cells it reaches, in the list of cells; without repetition. */
  readonly reaches: readonly number[];
}

export interface PathStep<Fix> {
  readonly fix: Fix;
  /** Spend that this step allocates and no step before it did. */
  readonly gainMicros: Micros;
}

export interface CoverPath<Fix> {
  /** Largest gain first. */
  readonly steps: readonly PathStep<Fix>[];
  readonly gainMicros: Micros;
  /** No fewer steps of these fix points can reach the target. */
  readonly atLeast: number;
  /** False when all fix points together stay below the target. */
  readonly reached: boolean;
}

/**
 * The few fix points that together gain `targetMicros`: the one that gains most is taken until the
 * target is met, then steps that others have made needless are dropped. Choosing the fewest is
 * NP-hard (partial set cover); this choice gains at least 1 - 1/e of what any other of as many steps
 * can (Nemhauser, Wolsey, Fisher 1978), and `atLeast` bounds how far from the fewest it can be.
 * Cells whose amount is not positive are left out: refunds are nobody's gap.
 * @param targetMicros spend to gain; 0 or less needs no step.
 */
export function coverPath<Fix>(
  cells: readonly Micros[],
  points: readonly FixPoint<Fix>[],
  targetMicros: Micros,
): CoverPath<Fix> {
  const amounts = cells.map((micros) => (micros > 0n ? micros : 0n));
  const chosen = reverseDelete(
    amounts,
    points,
    greedy(amounts, points, targetMicros),
    targetMicros,
  );
  const steps = inOrderOfGain(amounts, points, chosen);
  const gainMicros = steps.reduce((sum, step) => sum + step.gainMicros, 0n);
  return {
    steps,
    gainMicros,
    atLeast: fewest(amounts, points, targetMicros),
    reached: gainMicros >= targetMicros,
  };
}

type Amounts = readonly Micros[];

function gainOf(
  amounts: Amounts,
  reaches: readonly number[],
  covered: ReadonlySet<number>,
): Micros {
  return reaches.reduce((sum, at) => (covered.has(at) ? sum : sum + (amounts[at] ?? 0n)), 0n);
}

/**
 * Positions of the points taken. Gains only shrink as more is covered, so a point whose last known gain
 * is below the best fresh one need not be looked at again.
 */
function greedy<Fix>(
  amounts: Amounts,
  points: readonly FixPoint<Fix>[],
  targetMicros: Micros,
): readonly number[] {
  const covered = new Set<number>();
  const taken: number[] = [];
  let gained = 0n;
  let waiting = points
    .map(({ reaches }, at) => ({ at, gain: gainOf(amounts, reaches, covered) }))
    .filter(({ gain }) => gain > 0n);
  while (gained < targetMicros && waiting.length > 0) {
    const best = takeBest(amounts, points, { waiting, covered });
    if (best === null) break;
    gained += best.gain;
    taken.push(best.at);
    for (const cell of points[best.at]?.reaches ?? []) covered.add(cell);
    waiting = waiting.filter(({ at, gain }) => at !== best.at && gain > 0n);
  }
  return taken;
}

interface Waiting {
  readonly at: number;
  gain: Micros;
}

function takeBest<Fix>(
  amounts: Amounts,
  points: readonly FixPoint<Fix>[],
  { waiting, covered }: { readonly waiting: Waiting[]; readonly covered: ReadonlySet<number> },
): Waiting | null {
  waiting.sort((a, b) => (a.gain === b.gain ? a.at - b.at : a.gain > b.gain ? -1 : 1));
  let best: Waiting | null = null;
  for (const one of waiting) {
    if (best !== null && one.gain <= best.gain) break;
    one.gain = gainOf(amounts, points[one.at]?.reaches ?? [], covered);
    if (one.gain > 0n && (best === null || one.gain > best.gain)) best = one;
  }
  return best;
}

/** Drops steps, smallest first, without which the rest still reaches the target. */
function reverseDelete<Fix>(
  amounts: Amounts,
  points: readonly FixPoint<Fix>[],
  taken: readonly number[],
  targetMicros: Micros,
): readonly number[] {
  let kept = [...taken];
  for (const candidate of taken.toReversed()) {
    const others = kept.filter((at) => at !== candidate);
    const cells = new Set(others.flatMap((at) => points[at]?.reaches ?? []));
    if (gainOf(amounts, [...cells], NOTHING) >= targetMicros) kept = others;
  }
  return kept;
}

const NOTHING: ReadonlySet<number> = new Set();

function inOrderOfGain<Fix>(
  amounts: Amounts,
  points: readonly FixPoint<Fix>[],
  chosen: readonly number[],
): readonly PathStep<Fix>[] {
  const covered = new Set<number>();
  const waiting = chosen.map((at) => ({
    at,
    gain: gainOf(amounts, points[at]?.reaches ?? [], covered),
  }));
  const steps: PathStep<Fix>[] = [];
  for (let left = waiting; left.length > 0; ) {
    const best = takeBest(amounts, points, { waiting: left, covered });
    const point = best === null ? undefined : points[best.at];
    if (best === null || point === undefined) break;
    steps.push({ fix: point.fix, gainMicros: best.gain });
    for (const cell of point.reaches) covered.add(cell);
    left = left.filter(({ at }) => at !== best.at);
  }
  return steps;
}

/** Even if no two points overlapped, so many of the largest would be needed. */
function fewest<Fix>(
  amounts: Amounts,
  points: readonly FixPoint<Fix>[],
  targetMicros: Micros,
): number {
  const gains = points
    .map(({ reaches }) => gainOf(amounts, reaches, NOTHING))
    .toSorted((a, b) => (a === b ? 0 : a > b ? -1 : 1));
  let sum = 0n;
  let count = 0;
  for (const gain of gains) {
    if (sum >= targetMicros) break;
    sum += gain;
    count += 1;
  }
  return count;
}
