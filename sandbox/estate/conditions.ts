import type { Cloud } from "../../src/domain/cloud.ts";
import { type AccountKind, type Discipline, NEGLECT_OF } from "./company.ts";
import { CONDITIONS, type Condition } from "./types.ts";

/** Per mille of resources in each condition, for a careful, an average and a careless hand. */
const SHARES: Readonly<Record<Discipline, Readonly<Record<Condition, number>>>> = {
  0: {
    compliant: 640,
    never_tagged: 50,
    previously_tagged: 10,
    missing_required: 90,
    empty_value: 20,
    invalid_value: 45,
    invalid_format: 25,
    key_variant: 60,
    value_variant: 35,
    prohibited_tag: 10,
    exempt: 15,
  },
  1: {
    compliant: 460,
    never_tagged: 120,
    previously_tagged: 30,
    missing_required: 140,
    empty_value: 30,
    invalid_value: 60,
    invalid_format: 30,
    key_variant: 50,
    value_variant: 50,
    prohibited_tag: 15,
    exempt: 15,
  },
  2: {
    compliant: 260,
    never_tagged: 240,
    previously_tagged: 50,
    missing_required: 190,
    empty_value: 40,
    invalid_value: 70,
    invalid_format: 40,
    key_variant: 30,
    value_variant: 50,
    prohibited_tag: 20,
    exempt: 10,
  },
};

/** The condition for each of a thousand rolls. */
const CONDITION_AT: Readonly<Record<Discipline, readonly Condition[]>> = {
  0: spread(SHARES[0]),
  1: spread(SHARES[1]),
  2: spread(SHARES[2]),
};

function spread(shares: Readonly<Record<Condition, number>>): readonly Condition[] {
  return CONDITIONS.flatMap((condition) =>
    Array.from({ length: shares[condition] }, () => condition),
  );
}

/** The hand that keeps a resource: the team's own discipline, worse in a sandbox and on by-products. */
export function handOf(team: Discipline, account: AccountKind, neglected: boolean): Discipline {
  const sum = team + NEGLECT_OF[account] + (neglected ? 1 : 0);
  if (sum <= 0) return 0;
  return sum === 1 ? 1 : 2;
}

/** The condition that `roll` falls on. `exemptable` is false where no exemption of the policy can match. */
export function conditionOf(
  hand: Discipline,
  roll: number,
  { cloud, exemptable }: { readonly cloud: Cloud; readonly exemptable: boolean },
): Condition {
  const condition = CONDITION_AT[hand][roll % 1000] ?? "compliant";
  // Only AWS's tagging API tells a resource that lost its tags from one that never had any.
  if (condition === "previously_tagged" && cloud !== "aws") return "never_tagged";
  if (condition === "exempt" && !exemptable) return "compliant";
  return condition;
}
