/** One measurement. */
export interface Measured {
  readonly atMs: number;
  readonly value: number;
}

const MS_PER_WEEK = 604_800_000;

/** Pairs grow with the square of the points; a year of days is 66,795 of them. */
const MOST_POINTS = 400;

/**
 * Change per week: the median of the slopes between every two points (Theil 1950, Sen 1968). Up to 29 %
 * of the points may be wrong without moving it far, so one bad scan makes no trend. Null when no two
 * points differ in time. Of more than 400 points the youngest count.
 */
export function slopePerWeek(points: readonly Measured[]): number | null {
  const used = points.toSorted((a, b) => a.atMs - b.atMs).slice(-MOST_POINTS);
  const slopes = new Float64Array((used.length * (used.length - 1)) / 2);
  let count = 0;
  for (const [at, later] of used.entries())
    for (const earlier of used.slice(0, at)) {
      const weeks = (later.atMs - earlier.atMs) / MS_PER_WEEK;
      if (weeks <= 0) continue;
      slopes[count] = (later.value - earlier.value) / weeks;
      count += 1;
    }
  return median(slopes.subarray(0, count));
}

function median(values: Float64Array): number | null {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}
