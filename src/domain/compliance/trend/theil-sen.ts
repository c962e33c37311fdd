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
  if (values.length === 0) return null;
  const middle = values.length >> 1;
  const upper = select(values, middle);
  if (values.length % 2 === 1) return upper;
  // What stands before the selected one is not greater: the one before it is their greatest.
  let lower = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < middle; at += 1) lower = Math.max(lower, values[at] ?? lower);
  return (lower + upper) / 2;
}

/** The value that sorting would put at `wanted`, found in linear time; reorders the values (Hoare 1961). */
function select(values: Float64Array, wanted: number): number {
  const at = (index: number): number => values[index] ?? 0;
  for (let [left, right] = [0, values.length - 1]; left < right; ) {
    const pivot = at((left + right) >> 1);
    let [low, high] = [left, right];
    while (low <= high) {
      while (at(low) < pivot) low += 1;
      while (at(high) > pivot) high -= 1;
      if (low > high) break;
      const kept = at(low);
      values[low] = at(high);
      values[high] = kept;
      low += 1;
      high -= 1;
    }
    if (wanted <= high) right = high;
    else if (wanted >= low) left = low;
    else break;
  }
  return at(wanted);
}
