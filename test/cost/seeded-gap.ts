import type { CostGroup } from "../../src/domain/cost/cost-line.ts";
import { charge } from "./fixtures.ts";

/** A small linear congruential generator (Numerical Recipes): equal seeds, equal estates. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const VALUES = ["Sales", "Engineering", "Marketing"];
const WRONG = ["sales", "ENGINEERING", "Marketng", "TBD", "12345"];

export interface SeededOptions {
  readonly accounts: number;
  readonly parents: number;
  readonly charges: number;
}

/**
 * A bill of a few accounts: most charges tagged, some untagged under a parent or none, some with one of
 * a few wrong values; amounts spread over four orders of magnitude, as bills are.
 */
export function seededBill(seed: number, options: SeededOptions): readonly CostGroup[] {
  const below = random(seed);
  return Array.from({ length: options.charges }, (_, at) => {
    const account = String(100_000_000_000 + below(options.accounts));
    const parent: Record<string, string> =
      below(3) === 0 ? {} : { "aws:autoscaling:groupName": `group-${below(options.parents)}` };
    const kind = below(10);
    const value = VALUES[below(kind < 3 ? 1 : VALUES.length)] ?? "";
    const tags =
      kind < 5
        ? { CostCenter: value }
        : kind < 7
          ? { CostCenter: WRONG[below(WRONG.length)] ?? "" }
          : {};
    return charge(
      { ...tags, ...parent },
      {
        account,
        resourceId: `i-${at}`,
        effectiveMicros: BigInt(10 ** (4 + below(5))) * BigInt(1 + below(9)),
      },
    );
  });
}
