import { AppError } from "../errors.ts";

/** A half-open range of UTC days: `2026-10-01` up to and not including `2026-11-01`. */
export interface CostPeriod {
  /** First day, `YYYY-MM-DD`. */
  readonly from: string;
  /** Day after the last, `YYYY-MM-DD`. */
  readonly to: string;
}

const MS_PER_DAY = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The UTC day that holds an instant. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** @param days may be negative. */
export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(day) + days * MS_PER_DAY);
}

/** First day of the month that is `months` after the day's own (0: its own). */
export function monthStart(day: string, months = 0): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return dayOf(Date.UTC(year, month - 1 + months, 1));
}

/** Every calendar month the period touches, as `YYYY-MM`, in order. */
export function monthsOf(period: CostPeriod): readonly string[] {
  const months: string[] = [];
  for (let day = monthStart(period.from); day < period.to; day = monthStart(day, 1))
    months.push(day.slice(0, 7));
  return months;
}

/** Days in the period. */
export function daysIn({ from, to }: CostPeriod): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / MS_PER_DAY);
}

/** Words a period can be asked for with; all end no later than the end of today. */
export const PERIOD_WORDS = [
  "last_7_days",
  "last_30_days",
  "last_90_days",
  "month_to_date",
  "this_month",
  "last_month",
  "this_quarter",
  "last_quarter",
  "year_to_date",
  "last_12_months",
] as const;
export type PeriodWord = (typeof PERIOD_WORDS)[number];

/**
 * The days a word stands for. `last_N_days` are full days and end before today; `this_…`, `…_to_date`
 * include today, whose bill is not yet known; `last_12_months` are full months.
 */
function periodOfWord(word: PeriodWord, today: string): CostPeriod {
  const tomorrow = addDays(today, 1);
  const month = monthStart(today);
  const quarter = monthStart(today, -((Number(today.slice(5, 7)) - 1) % 3));
  const periods: Readonly<Record<PeriodWord, CostPeriod>> = {
    last_7_days: { from: addDays(today, -7), to: today },
    last_30_days: { from: addDays(today, -30), to: today },
    last_90_days: { from: addDays(today, -90), to: today },
    month_to_date: { from: month, to: tomorrow },
    this_month: { from: month, to: tomorrow },
    last_month: { from: monthStart(today, -1), to: month },
    this_quarter: { from: quarter, to: tomorrow },
    last_quarter: { from: monthStart(quarter, -3), to: quarter },
    year_to_date: { from: `${today.slice(0, 4)}-01-01`, to: tomorrow },
    last_12_months: { from: monthStart(today, -12), to: month },
  };
  return periods[word];
}

/**
 * Reads a period: a word of `PERIOD_WORDS`, a month `2026-10`, a year `2026`, a day `2026-10-05`, or an
 * ISO 8601 interval of days or instants at midnight UTC `2026-10-01/2026-11-01` (the end is excluded).
 * @param nowMs epoch milliseconds.
 * @throws {AppError} `invalid_input` with what is accepted.
 */
export function parseCostPeriod(text: string, nowMs: number): CostPeriod {
  const wanted = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+(?=[a-z])|(?<=[a-z])[\s-]+/g, "_");
  const word = PERIOD_WORDS.find((one) => one === wanted);
  if (word !== undefined) return periodOfWord(word, dayOf(nowMs));
  const period = intervalOf(text.trim());
  if (period === null || period.from >= period.to || daysIn(period) > MAX_DAYS)
    throw new AppError("invalid_input", "The period is not one that can be asked for.", {
      hint: `Use a word (${PERIOD_WORDS.join(", ")}), a month such as 2026-10, or days as 2026-10-01/2026-11-01, where the end is excluded; at most ${MAX_DAYS} days.`,
      issues: [{ path: "time_period", message: "Not a period of whole UTC days." }],
      details: { timePeriod: text.slice(0, 100) },
    });
  return period;
}

/** Cost Management keeps 37 months; nobody's bill answers for longer at once. */
const MAX_DAYS = 1_150;

function intervalOf(text: string): CostPeriod | null {
  if (/^\d{4}$/.test(text)) return { from: `${text}-01-01`, to: `${Number(text) + 1}-01-01` };
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text))
    return { from: `${text}-01`, to: monthStart(`${text}-01`, 1) };
  const [first = "", second, ...rest] = text.split("/");
  const from = dayAt(first);
  if (from === null || rest.length > 0) return null;
  if (second === undefined) return { from, to: addDays(from, 1) };
  const to = dayAt(second);
  return to === null ? null : { from, to };
}

/** A day, or an instant at midnight UTC. */
function dayAt(text: string): string | null {
  const day = text.replace(/T00:00(:00(\.0+)?)?Z$/i, "");
  return DAY.test(day) && !Number.isNaN(Date.parse(day)) && dayOf(Date.parse(day)) === day
    ? day
    : null;
}
