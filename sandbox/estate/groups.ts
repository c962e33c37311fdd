import type { Cloud } from "../../src/domain/cloud.ts";
import type { Account } from "./accounts.ts";
import { hash32 } from "./random.ts";
import { ACCOUNT_TYPES, RESOURCE_GROUP, TYPES_OF, type EstateType } from "./resource-types.ts";

/** One type in one place, before it is counted. */
export interface Slot {
  readonly account: Account;
  readonly region: string;
  readonly type: EstateType;
}

export interface FilledSlot extends Slot {
  readonly count: number;
}

/** Places where a cloud's resources are; the ratio between two accounts or regions is up to 1:8. */
export function fillSlots(
  cloud: Cloud,
  accounts: readonly Account[],
  { seed, total }: { readonly seed: number; readonly total: number },
): readonly FilledSlot[] {
  const slots = slotsOf(cloud, accounts);
  // What resources live in (an account, and on Azure a resource group) comes before anything else.
  const floor = slots.map(({ type: { id } }) =>
    id === RESOURCE_GROUP || ACCOUNT_TYPES.has(id) ? 1 : 0,
  );
  const rest = total - floor.reduce<number>((sum, count) => sum + count, 0);
  const shares = apportion(
    slots.map((slot, at) => weightOf(slot, hash32(seed, at, 0, 21))),
    rest,
  );
  return slots
    .map(({ account, region, type }, at) => {
      const count = (floor[at] ?? 0) + (shares[at] ?? 0);
      return { account, region, type, count };
    })
    .filter((slot) => slot.count > 0)
    .toSorted((a, b) => a.account.ordinal - b.account.ordinal);
}

/** Type by type, so that rounding leaves even a rare type its share. */
function slotsOf(cloud: Cloud, accounts: readonly Account[]): readonly Slot[] {
  return TYPES_OF[cloud].flatMap((type) =>
    accounts.flatMap((account) =>
      (type.global ? ["global"] : account.regions).map((region) => ({ account, region, type })),
    ),
  );
}

function weightOf({ account, region, type }: Slot, roll: number): number {
  const rank = account.regions.indexOf(region);
  const regional = rank < 0 ? account.regions.length : 8 / (1 + Math.min(rank, 7));
  const size = account.kind === "production" || account.kind === "platform" ? 2 : 1;
  const noise = 0.6 + (roll % 800) / 1000;
  return type.weight * regional * size * noise;
}

/** Whole numbers in the ratio of `weights` that sum to `total` exactly (rounded running totals). */
function apportion(weights: readonly number[], total: number): readonly number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let running = 0;
  let given = 0;
  return weights.map((weight, at) => {
    running += weight;
    const until = at === weights.length - 1 ? total : Math.floor((running / sum) * total);
    const count = until - given;
    given = until;
    return count;
  });
}
