import { type BillLine, daysIn, type Month, ordinalOf } from "./bill-line.ts";
import { type Price, PRICES } from "./bill-prices.ts";
import { tagsThen } from "./bill-tags.ts";
import { hash32 } from "./random.ts";
import type { Estate, EstateGroup, EstateResource } from "./types.ts";

/** A commitment makes usage a third cheaper. */
const COMMITTED_PERCENT = 66;
/** Traffic out, of the instances that have any, as a share of their price. */
const TRAFFIC_PERCENT = 4;
const TRAFFIC_SERVICE = "AWS Data Transfer";

/** What the resources of a group cost in a month; a resource costs from the day it was made. */
export function* resourceLines(
  estate: Estate,
  group: EstateGroup,
  month: Month,
): Generator<BillLine> {
  const price = PRICES[group.type];
  if (price === undefined) return;
  const { seed } = estate.options;
  for (let index = 0; index < group.count; index += 1) {
    const resource = estate.resource(group, index);
    const firstDay = firstDayOf(resource.createdAt, month);
    if (firstDay === undefined) continue;
    const roll = hash32(seed, group.ordinal, index, 32);
    const whole = monthlyMicros(price, roll, hash32(seed, group.ordinal, index, ordinalOf(month)));
    const lastDay = daysIn(month);
    const micros = Math.floor((whole * (lastDay - firstDay + 1)) / lastDay);
    const place = { seed, ordinal: group.ordinal, index };
    const base = {
      cloud: group.cloud,
      account: group.account,
      region: group.region === "global" ? "" : group.region,
      service: price.service,
      resource,
      tags: tagsThen(resource.tags, place, month),
      firstDay,
      lastDay,
    };
    yield* linesOf(price, { base, roll, micros });
  }
}

function firstDayOf(createdAt: string, month: Month): number | undefined {
  const created = createdAt.slice(0, 7);
  if (created > month) return undefined;
  return created === month ? Number(createdAt.slice(8, 10)) : 1;
}

/** 32-bit arithmetic only, so that every machine makes the same bill. */
function monthlyMicros(price: Price, roll: number, monthRoll: number): number {
  const doubled = price.fromMicros * 2 ** ((roll >>> 4) % price.doublings);
  const jittered = Math.floor((doubled * (1000 + ((roll >>> 12) % 1000))) / 1000);
  // Within a tenth of the month before.
  return Math.floor((jittered * (900 + (monthRoll % 200))) / 1000);
}

type Base = Omit<BillLine, "kind" | "billedMicros" | "effectiveMicros"> & {
  readonly resource: EstateResource;
};

function* linesOf(
  price: Price,
  { base, roll, micros }: { readonly base: Base; readonly roll: number; readonly micros: number },
): Generator<BillLine> {
  const share = (roll >>> 16) % 100;
  const { committedPercent = 0, stoppedPercent = 0 } = price;
  if (share < stoppedPercent) return;
  const isCommitted = share < stoppedPercent + committedPercent;
  yield isCommitted
    ? committedLine(base, micros)
    : { ...base, kind: "usage", billedMicros: micros, effectiveMicros: micros };
  if (base.resource.type !== "ec2:instance" || roll % 3 !== 0) return;
  const traffic = Math.floor((micros * TRAFFIC_PERCENT) / 100);
  yield {
    ...base,
    service: TRAFFIC_SERVICE,
    kind: "usage",
    billedMicros: traffic,
    effectiveMicros: traffic,
  };
}

/**
 * AWS instances are paid for by savings plans, and databases and Azure machines by reservations. Google
 * takes the discount off the machine itself and asks a fee elsewhere.
 */
function committedLine(base: Base, micros: number): BillLine {
  const effectiveMicros = Math.floor((micros * COMMITTED_PERCENT) / 100);
  if (base.cloud === "gcp") return { ...base, kind: "usage", billedMicros: 0, effectiveMicros: 0 };
  return base.resource.type === "ec2:instance"
    ? { ...base, kind: "covered_usage", billedMicros: micros, effectiveMicros }
    : { ...base, kind: "reserved_usage", billedMicros: 0, effectiveMicros };
}
