import type { Cloud } from "../../src/domain/cloud.ts";
import { accountCharges, type AccountUse, supportCharge } from "./bill-charges.ts";
import {
  type Amounts,
  amountsWithin,
  type BillLine,
  type BillPeriod,
  type Month,
  monthsOf,
} from "./bill-line.ts";
import { resourceLines } from "./bill-usage.ts";
import type { Estate } from "./types.ts";

/** A line cut to the asked days. */
export interface DatedLine extends Amounts {
  readonly line: BillLine;
  readonly month: Month;
  /** Days of the month that the amounts are of: 1-based, the last one exclusive. */
  readonly fromDay: number;
  readonly untilDay: number;
}

/** What the company pays its clouds, made line by line on demand and held nowhere. */
export interface Bill {
  /** Every line of a cloud and a month; the same ones in the same order each time. */
  lines(cloud: Cloud, month: Month): Iterable<BillLine>;
  /** The lines of a period, each cut to the days that are in it. */
  within(cloud: Cloud, period: BillPeriod): Iterable<DatedLine>;
  /**
   * What a right answer must say: exact sums by whatever `keyOf` reads off a line. A line without a key
   * is left out.
   */
  truth(
    cloud: Cloud,
    period: BillPeriod,
    keyOf: (dated: DatedLine) => string | undefined,
  ): ReadonlyMap<string, Amounts>;
}

/** The bill of a simulated company: a pure function of its estate. */
export function createBill(estate: Estate): Bill {
  const bill: Bill = {
    lines: (cloud, month) => linesOf(estate, cloud, month),
    *within(cloud, period) {
      for (const part of monthsOf(period))
        for (const line of linesOf(estate, cloud, part.month)) {
          const amounts = amountsWithin(line, part);
          if (amounts.billedMicros !== 0 || amounts.effectiveMicros !== 0)
            yield { line, ...part, ...amounts };
        }
    },
    truth: (cloud, period, keyOf) => {
      const sums = new Map<string, { billedMicros: number; effectiveMicros: number }>();
      for (const dated of bill.within(cloud, period)) {
        const key = keyOf(dated);
        if (key === undefined) continue;
        const sum = sums.get(key) ?? { billedMicros: 0, effectiveMicros: 0 };
        sum.billedMicros += dated.billedMicros;
        sum.effectiveMicros += dated.effectiveMicros;
        sums.set(key, sum);
      }
      return sums;
    },
  };
  return bill;
}

function* linesOf(estate: Estate, cloud: Cloud, month: Month): Generator<BillLine> {
  const groups = Map.groupBy(
    estate.groups.filter((group) => group.cloud === cloud),
    ({ account }) => account,
  );
  let usedMicros = 0;
  for (const { id: account } of estate.accounts.filter((one) => one.cloud === cloud)) {
    const use: AccountUse = {
      cloud,
      account,
      month,
      seed: estate.options.seed,
      regions: new Map(),
    };
    for (const group of groups.get(account) ?? [])
      for (const line of resourceLines(estate, group, month)) {
        addUse(use, line);
        yield line;
      }
    yield* accountCharges(use);
    for (const { usedMicros: used } of use.regions.values()) usedMicros += used;
  }
  yield* supportCharge(estate, { cloud, month, usedMicros });
}

function addUse(
  { regions }: AccountUse,
  { region, kind, billedMicros, effectiveMicros }: BillLine,
): void {
  const use = regions.get(region) ?? {
    usedMicros: 0,
    coveredMicros: 0,
    plannedMicros: 0,
    reservedMicros: 0,
  };
  if (kind === "covered_usage") {
    use.coveredMicros += billedMicros;
    use.plannedMicros += effectiveMicros;
  } else if (kind === "reserved_usage") use.reservedMicros += effectiveMicros;
  use.usedMicros += effectiveMicros;
  regions.set(region, use);
}
