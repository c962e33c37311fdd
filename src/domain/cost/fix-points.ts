import type { Cloud } from "../cloud.ts";
import { type Micros, shareOf } from "../money.ts";
import { accountKey, type GapCell, type GapSums } from "./gap.ts";
import type { FixPoint } from "./path-to-allocated.ts";

/** One act that gives an owner to spend. Names in it are untrusted text. */
export type SpendFix =
  | {
      /** Everything unallocated in an account belongs to one value: an allocation rule, or a default tag. */
      readonly kind: "account_default";
      readonly cloud: Cloud;
      readonly account: string;
      /** The value that the account's allocated spend carries; null when it carries none. */
      readonly value: string | null;
      /** Share of the account's allocated spend that carries it; null when there is none. */
      readonly evidence: number | null;
    }
  | {
      /** Tag the parent and let it pass the tag on, or tag all of its members at once. */
      readonly kind: "parent";
      readonly cloud: Cloud;
      readonly account: string | null;
      readonly parent: string;
    }
  | {
      /** One line of the policy, `case_sensitive: false`: values that are right but for their case. */
      readonly kind: "ignore_case";
      readonly tag: string;
    }
  | {
      /** One line of the policy, or one bulk change: a value that is wrong everywhere in the same way. */
      readonly kind: "value";
      readonly tag: string;
      readonly actual: string;
      /** The allowed value that was probably meant; null when there is none near. */
      readonly suggestion: string | null;
    };

/**
 * What has to be done before a gap, and a way to close it, can be known: the provider does not write the
 * key on the bill until someone activates it. Names in it are untrusted text.
 */
export interface FirstStep {
  readonly kind: "activate_key";
  readonly cloud: Cloud;
  readonly tag: string;
}

/**
 * An account's spend may be given to one value only where the account looks like one owner's: where this
 * share of what is allocated in it carries that value, or nothing is allocated at all.
 */
const ONE_OWNER_SHARE = 0.8;

/** The fix points that reach more than nothing of a gap. */
export function fixPointsOf(sums: GapSums): readonly FixPoint<SpendFix>[] {
  const found = new Map<string, { readonly fix: SpendFix; readonly reaches: number[] }>();
  sums.cells.forEach((cell, at) => {
    for (const fix of fixesFor(cell, sums)) {
      const key = JSON.stringify(identityOf(fix));
      const known = found.get(key);
      if (known === undefined) found.set(key, { fix, reaches: [at] });
      else known.reaches.push(at);
    }
  });
  return [...found.values()];
}

function fixesFor(cell: GapCell, sums: GapSums): readonly SpendFix[] {
  const fixes: SpendFix[] = [];
  if (cell.wrong !== null) fixes.push(...valueFixes(cell.wrong));
  if (cell.parent !== null)
    fixes.push({
      kind: "parent",
      cloud: cell.cloud,
      account: cell.account,
      parent: cell.parent,
    });
  const byAccount = accountDefault(cell, sums);
  return byAccount === null ? fixes : [...fixes, byAccount];
}

function valueFixes(wrong: NonNullable<GapCell["wrong"]>): readonly SpendFix[] {
  const { tag, actual, suggestion } = wrong;
  const onlyCase = suggestion !== null && suggestion.toLowerCase() === actual.toLowerCase();
  const fix: SpendFix = { kind: "value", ...wrong };
  return onlyCase ? [{ kind: "ignore_case", tag }, fix] : [fix];
}

function accountDefault({ cloud, account }: GapCell, { owners }: GapSums): SpendFix | null {
  if (account === null) return null;
  const values = [...(owners.get(accountKey(cloud, account)) ?? [])].filter(
    ([, micros]) => micros > 0n,
  );
  const all = values.reduce((sum, [, micros]) => sum + micros, 0n);
  if (all === 0n) return { kind: "account_default", cloud, account, value: null, evidence: null };
  const [value, micros] = values.reduce((a, b) => (larger(b, a) ? b : a));
  const evidence = shareOf(micros, all);
  return evidence === null || evidence < ONE_OWNER_SHARE
    ? null
    : { kind: "account_default", cloud, account, value, evidence };
}

type Owned = readonly [value: string, micros: Micros];
const larger = (a: Owned, b: Owned): boolean => (a[1] === b[1] ? a[0] < b[0] : a[1] > b[1]);

function identityOf(fix: SpendFix): readonly (string | null)[] {
  if (fix.kind === "ignore_case") return [fix.kind, fix.tag];
  if (fix.kind === "value") return [fix.kind, fix.tag, fix.actual];
  if (fix.kind === "parent") return [fix.kind, fix.cloud, fix.account, fix.parent];
  return [fix.kind, fix.cloud, fix.account];
}
