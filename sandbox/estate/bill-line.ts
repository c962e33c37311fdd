import type { Cloud } from "../../src/domain/cloud.ts";
import type { Tag } from "../../src/domain/resource.ts";
import type { EstateResource } from "./types.ts";

/**
 * What a line of a bill is for. Each cloud has the kinds that its own bills have; how they are spelled
 * on the wire is the business of that cloud's simulation.
 */
export type ChargeKind =
  | "usage"
  /** Usage that a savings plan pays for: billed at the on-demand price, taken back by `negation`. */
  | "covered_usage"
  | "negation"
  /** Usage that a reservation pays for: billed with nothing, effective with its share of the fee. */
  | "reserved_usage"
  /** The fee of a savings plan or a monthly commitment; effective is what nobody used. */
  | "commitment_fee"
  /** Paid once; effective is nothing, because the months that use it bear it. */
  | "commitment_purchase"
  | "unused_commitment"
  | "tax"
  | "support"
  | "refund"
  | "credit"
  | "marketplace";

/** Integer millionths of the currency of the line's cloud. */
export interface Amounts {
  readonly billedMicros: number;
  /** Amortised: what was paid in advance, on the days that used it. */
  readonly effectiveMicros: number;
}

/** A charge of one month, spread evenly over its days. */
export interface BillLine extends Amounts {
  readonly cloud: Cloud;
  readonly account: string;
  /** Empty where a charge has no region. */
  readonly region: string;
  /** As the cloud's cost tool names it. */
  readonly service: string;
  readonly kind: ChargeKind;
  /** Null for what no resource caused. */
  readonly resource: EstateResource | null;
  /** Those of the month itself, every key; which of them a bill shows is for its cloud to say. */
  readonly tags: readonly Tag[];
  /** Days of the month, 1-based and inclusive. */
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Half-open UTC days, as `2026-10-01`. */
export interface BillPeriod {
  readonly from: string;
  readonly until: string;
}

/** `2026-10` */
export type Month = string;

const DAY_MS = 86_400_000;

export function daysIn(month: Month): number {
  const [year = 0, ordinal = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, ordinal, 0)).getUTCDate();
}

/** The month's position on a line of all months. */
export function ordinalOf(month: Month): number {
  const [year = 0, ordinal = 0] = month.split("-").map(Number);
  return year * 12 + ordinal - 1;
}

/** A month of the period, and its days in it: 1-based, the last one exclusive. */
export interface MonthPart {
  readonly month: Month;
  readonly fromDay: number;
  readonly untilDay: number;
}

/** The period, month by month. */
export function monthsOf({ from, until }: BillPeriod): readonly MonthPart[] {
  const parts: MonthPart[] = [];
  const endMs = Date.parse(until);
  for (let atMs = Date.parse(from); atMs < endMs; ) {
    const at = new Date(atMs);
    const month = at.toISOString().slice(0, 7);
    const nextMs = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
    const fromDay = at.getUTCDate();
    const days = (Math.min(nextMs, endMs) - atMs) / DAY_MS;
    parts.push({ month, fromDay, untilDay: fromDay + days });
    atMs = nextMs;
  }
  return parts;
}

/**
 * What of a line falls on some days of its month. Parts of a month add up to the whole of it: the
 * rounding of one day is made up for by the next.
 */
export function amountsWithin(
  line: Pick<BillLine, "billedMicros" | "effectiveMicros" | "firstDay" | "lastDay">,
  { fromDay, untilDay }: Pick<MonthPart, "fromDay" | "untilDay">,
): Amounts {
  const days = line.lastDay - line.firstDay + 1;
  const passed = (day: number): number => Math.min(days, Math.max(0, day - line.firstDay));
  const share = (micros: number): number =>
    Math.floor((micros * passed(untilDay)) / days) - Math.floor((micros * passed(fromDay)) / days);
  return {
    billedMicros: share(line.billedMicros),
    effectiveMicros: share(line.effectiveMicros),
  };
}
