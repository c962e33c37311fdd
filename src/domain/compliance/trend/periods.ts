export const GROUPINGS = ["day", "week", "month"] as const;
export type Grouping = (typeof GROUPINGS)[number];

const MS_PER_DAY = 86_400_000;

/** The first instant of the UTC day, ISO week (from Monday) or month that holds a moment. */
export function periodStart(atMs: number, grouping: Grouping): number {
  const date = new Date(atMs);
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  if (grouping === "day") return day;
  if (grouping === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  return day - sinceMonday * MS_PER_DAY;
}

/** Starts of all periods that touch `[fromMs, toMs)`, in order. */
export function periodsBetween(
  fromMs: number,
  toMs: number,
  grouping: Grouping,
): readonly number[] {
  const starts: number[] = [];
  for (let start = periodStart(fromMs, grouping); start < toMs; start = nextStart(start, grouping))
    starts.push(start);
  return starts;
}

function nextStart(startMs: number, grouping: Grouping): number {
  if (grouping === "day") return startMs + MS_PER_DAY;
  if (grouping === "week") return startMs + 7 * MS_PER_DAY;
  const date = new Date(startMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
