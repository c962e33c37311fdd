import type { CostKey, CostKeyFact } from "../../domain/cost/cost-line.ts";
import type { CostPeriod } from "../../domain/cost/cost-period.ts";
import type { AllocationTag } from "./sdk/cost-explorer.ts";

/** What the payer's account says of cost allocation tags; null where it may not be asked. */
export interface AllocationState {
  readonly tags: readonly AllocationTag[];
  /** Data since `from` carries every key that was active at `requestedAt`. */
  readonly backfills: readonly { readonly from: string; readonly requestedAt: string }[];
}

/** A tag with the keys that the bill really carries for it. */
export interface ReadableKey {
  readonly fact: CostKeyFact;
  /** Keys to group by, the right one first; empty where none is on the bill. */
  readonly spellings: readonly string[];
}

/**
 * Which spellings the bill can show, and since when. The first spelling decides the state: a bill that
 * shows an alias alone says nothing of resources that are tagged right. Where the state cannot be asked,
 * every spelling is read, and the answer says so.
 */
export function readableKey(
  { tag, spellings, ignoreCase }: CostKey,
  state: AllocationState | null,
  period: CostPeriod,
): ReadableKey {
  if (state === null)
    return {
      spellings,
      fact: { tag, state: "unknown", activeSince: null, spellingsRead: spellings, merged: [] },
    };
  const active = state.tags.filter((one) => one.active);
  const found = spellings.map((spelling) =>
    active.filter(({ key }) => isSame(key, spelling, ignoreCase)),
  );
  const [right = []] = found;
  const keys = [...new Set(found.flat().map(({ key }) => key))];
  const main = right.find(({ key }) => key === spellings[0]) ?? right[0];
  if (main === undefined)
    return {
      spellings: [],
      fact: { tag, state: "inactive", activeSince: null, spellingsRead: [], merged: [] },
    };
  const since = activeSince(main, state);
  return {
    spellings: keys,
    fact: {
      tag,
      state: since !== null && since > period.from ? "activated_after" : "active",
      activeSince: since,
      spellingsRead: keys,
      merged: [],
    },
  };
}

function isSame(key: string, spelling: string, ignoreCase: boolean): boolean {
  return key === spelling || (ignoreCase && key.toLowerCase() === spelling.toLowerCase());
}

/** The day of activation, or the earlier one from which the key was filled in afterwards. */
function activeSince({ changedAt }: AllocationTag, { backfills }: AllocationState): string | null {
  if (changedAt === undefined) return null;
  const filled = backfills.flatMap(({ from, requestedAt }) =>
    requestedAt >= changedAt ? [from.slice(0, 10)] : [],
  );
  return [changedAt.slice(0, 10), ...filled].toSorted()[0] ?? null;
}
