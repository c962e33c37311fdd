import { slopePerWeek } from "./theil-sen.ts";

/** A period of a history: what its last snapshot says, or a gap. Nothing is filled in. */
export interface TrendPoint {
  /** First instant of the period, epoch milliseconds UTC. */
  readonly periodStartMs: number;
  /** Null: no snapshot was taken in the period. */
  readonly snapshot: PointSnapshot | null;
}

export interface PointSnapshot {
  readonly takenAtMs: number;
  /** The measure: the share of compliant resources, or violations of one tag. Null: nothing was judged. */
  readonly value: number | null;
  /** What must be the same for two points to be comparable: policy and what was scanned. */
  readonly basis: string;
}

export const DIRECTIONS = ["improving", "declining", "stable", "insufficient_data"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface Trend {
  readonly direction: Direction;
  /** Change of the measure per week; null when there is too little to say. */
  readonly perWeek: number | null;
  /** Points it rests on, and days from the first of them to the last. */
  readonly points: number;
  readonly days: number;
  /** Points left out because they were judged by another policy, or are of another scope, than the last. */
  readonly notComparable: number;
}

export interface TrendOptions {
  /** Is more better? So it is of a score, and not of violations. */
  readonly higherIsBetter: boolean;
  /** A change over the whole time that is smaller than this is called stable. */
  readonly noise: number;
}

/** Two points always make a line; three can disagree. */
const FEWEST_POINTS = 3;
const MS_PER_DAY = 86_400_000;

/**
 * Where the measure goes, by the points that can be compared with the last one. A new policy moves the
 * score without any tag having changed, so what was judged by an earlier one says nothing of the trend.
 */
export function trendOf(points: readonly TrendPoint[], options: TrendOptions): Trend {
  const measured = points.flatMap(({ snapshot }) =>
    snapshot === null || snapshot.value === null
      ? []
      : [{ atMs: snapshot.takenAtMs, value: snapshot.value, basis: snapshot.basis }],
  );
  const comparable = lastRun(measured);
  const days = spanDays(comparable);
  const rests = {
    points: comparable.length,
    days,
    notComparable: measured.length - comparable.length,
  };
  const perWeek = comparable.length < FEWEST_POINTS ? null : slopePerWeek(comparable);
  if (perWeek === null) return { direction: "insufficient_data", perWeek: null, ...rests };
  const moved = (perWeek * days) / 7;
  if (Math.abs(moved) < options.noise) return { direction: "stable", perWeek, ...rests };
  const better = moved > 0 === options.higherIsBetter;
  return { direction: better ? "improving" : "declining", perWeek, ...rests };
}

/** The points since the basis last changed: a policy that came back begins anew. */
function lastRun<T extends { readonly basis: string }>(points: readonly T[]): readonly T[] {
  const last = points.at(-1);
  const changedAt = points.findLastIndex(({ basis }) => basis !== last?.basis);
  return points.slice(changedAt + 1);
}

function spanDays(points: readonly { readonly atMs: number }[]): number {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return 0;
  return Math.round(((last.atMs - first.atMs) / MS_PER_DAY) * 10) / 10;
}
