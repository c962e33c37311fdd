import { type BillPeriod, type ChargeKind, monthsOf } from "../estate/bill-line.ts";
import { activeOn, OWNER_ACTIVATED_ON } from "../estate/bill-tags.ts";
import type { Bill, DatedLine } from "../estate/bill.ts";

/** A line as AWS bills it: with the tags that were active on its days, and no others. */
export interface CostLine extends DatedLine {
  readonly tags: ReadonlyMap<string, string>;
}

/** Charge types, as both Cost Explorer (RECORD_TYPE) and the Cost and Usage Report name them. */
export const LINE_TYPE: Readonly<Record<ChargeKind, string>> = {
  usage: "Usage",
  covered_usage: "SavingsPlanCoveredUsage",
  negation: "SavingsPlanNegation",
  reserved_usage: "DiscountedUsage",
  commitment_fee: "SavingsPlanRecurringFee",
  commitment_purchase: "Fee",
  unused_commitment: "RIFee",
  tax: "Tax",
  // Support is billed as the use of a service.
  support: "Usage",
  refund: "Refund",
  credit: "Credit",
  marketplace: "Usage",
};

/** Tags that AWS puts on usage by itself are not simulated. */
const PROVIDER_KEY = /^aws:/;

/** The lines of a period; a month in which a key was activated comes in two parts. */
export function* costLines(bill: Bill, period: BillPeriod): Generator<CostLine> {
  for (const part of split(period)) {
    const active = activeOn(part.from);
    for (const dated of bill.within("aws", part)) {
      const tags = dated.line.tags.filter(({ key }) => active.has(key) && !PROVIDER_KEY.test(key));
      yield { ...dated, tags: new Map(tags.map(({ key, value }) => [key, value])) };
    }
  }
}

function split({ from, until }: BillPeriod): readonly BillPeriod[] {
  const isInside = from < OWNER_ACTIVATED_ON && OWNER_ACTIVATED_ON < until;
  return isInside
    ? [
        { from, until: OWNER_ACTIVATED_ON },
        { from: OWNER_ACTIVATED_ON, until },
      ]
    : [{ from, until }];
}

/** The estate's newest resources are of this day: there is a bill up to it, whatever the clock says. */
const ESTATE_ENDS = "2026-11-01";

/** The period as far as its days have passed. */
export function passedOf(period: BillPeriod, today: string): BillPeriod {
  const last = today > ESTATE_ENDS ? today : ESTATE_ENDS;
  return period.until > last ? { from: period.from, until: last } : period;
}

/** The months of a period, each as a period of its own. */
export function monthPeriods(period: BillPeriod): readonly BillPeriod[] {
  return monthsOf(period).map(({ month, fromDay, untilDay }) => ({
    from: dayOf(month, fromDay),
    until: dayOf(month, untilDay),
  }));
}

/** The day of a month; the one after the last is the first of the next month. */
export function dayOf(month: string, day: number): string {
  const [year = 0, ordinal = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, ordinal - 1, day)).toISOString().slice(0, 10);
}
