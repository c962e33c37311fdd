import type { Cloud } from "../cloud.ts";
import type { Violation } from "../compliance/violation.ts";
import type { Resource } from "../resource.ts";
import { BoundedMemo } from "./bounded-memo.ts";
import type { CloudProhibition, CloudRule, WatchedTag } from "./cloud-rules.ts";
import { type CloudExemption, foldIdOf } from "./exemption.ts";
import type { KeyRank } from "./key-spelling.ts";
import type { NamingRule } from "./naming-rule.ts";
import { isProviderOwned } from "./provider-owned.ts";

/** One rule as a program runs it: its slot is its position in `Program.slots`. */
export interface ProgramRule {
  readonly rule: CloudRule;
  /** Slot of the tag its condition reads, or -1. */
  readonly conditionSlot: number;
}

export interface ProgramExemption {
  readonly exemption: CloudExemption;
  readonly tagSlots: readonly number[];
}

/** A found key's part in one slot. */
export interface KeyHit {
  readonly slot: number;
  readonly rank: KeyRank;
  /** The warning that this spelling earns, when the slot is a rule's. */
  readonly variant: Violation | null;
}

/** All that can be said of a key before its value is seen. */
export interface KeyFacts {
  readonly owned: boolean;
  readonly hits: readonly KeyHit[];
  /** Rule slots whose key was probably meant; only for keys that hit nothing. */
  readonly resembled: readonly number[];
  readonly prohibitions: readonly CloudProhibition[];
  readonly naming: readonly Violation[];
  /** True when the key itself calls for a second look: a variant, prohibited, misnamed or resembling. */
  readonly notable: boolean;
}

/** A policy for one cloud and one set of applicable rules; shared by all types they apply to. */
export interface Program {
  readonly cloud: Cloud;
  readonly rules: readonly ProgramRule[];
  /** Slots of the required rules, in policy order. */
  readonly requiredSlots: readonly number[];
  /** Rules first, in policy order; then tags that only conditions and exemptions read. */
  readonly slots: readonly WatchedTag[];
  readonly naming: NamingRule;
  /** A required rule applies to the type. */
  readonly inScope: boolean;
  keyFacts(key: string): KeyFacts;
  /** Exemptions that may match, in policy order. */
  exemptionsFor(resource: Resource): readonly ProgramExemption[];
}

export interface ProgramParts {
  readonly cloud: Cloud;
  readonly rules: readonly CloudRule[];
  readonly prohibitions: readonly CloudProhibition[];
  readonly exemptions: readonly CloudExemption[];
  readonly naming: NamingRule;
  readonly watch: (name: string) => WatchedTag;
}

export function buildProgram(parts: ProgramParts): Program {
  const slots: WatchedTag[] = [...parts.rules];
  const watched = new Map<string, number>();
  const slotOf = (name: string): number => {
    const slot = watched.get(name) ?? slots.push(parts.watch(name)) - 1;
    watched.set(name, slot);
    return slot;
  };
  const rules = parts.rules.map((rule) => ({
    rule,
    conditionSlot: rule.condition === null ? -1 : slotOf(rule.condition.tag),
  }));
  const exemptions = parts.exemptions.map((exemption) => ({
    exemption,
    tagSlots: exemption.tags.map((tag) => slotOf(tag.name)),
  }));
  const facts = new BoundedMemo((key) => keyFacts(parts, slots, key));
  return {
    cloud: parts.cloud,
    rules,
    requiredSlots: parts.rules.flatMap((rule, slot) => (rule.required ? [slot] : [])),
    slots,
    naming: parts.naming,
    inScope: parts.rules.some((rule) => rule.required),
    keyFacts: (key) => facts.get(key),
    exemptionsFor: indexExemptions(exemptions, parts.cloud),
  };
}

const OWNED: KeyFacts = {
  owned: true,
  hits: [],
  resembled: [],
  prohibitions: [],
  naming: [],
  notable: false,
};

function keyFacts(parts: ProgramParts, slots: readonly WatchedTag[], key: string): KeyFacts {
  if (isProviderOwned(parts.cloud, key)) return OWNED;
  const hits = slots.flatMap((tag, slot): readonly KeyHit[] => {
    const rank = tag.spelling.rankOf(key);
    if (rank === null) return [];
    return [{ slot, rank, variant: parts.rules[slot]?.keyVariant(key, rank) ?? null }];
  });
  const resembled =
    hits.length > 0
      ? []
      : parts.rules.flatMap((rule, slot) => (rule.spelling.resembles(key) ? [slot] : []));
  const prohibitions = parts.prohibitions.filter(({ spelling }) => spelling.rankOf(key) !== null);
  const naming = parts.naming.checkKey(key);
  const notable =
    hits.some(({ variant }) => variant !== null) ||
    resembled.length + prohibitions.length + naming.length > 0;
  return { owned: false, hits, resembled, prohibitions, naming, notable };
}

/**
 * Most exemptions name one resource or one account, so they are found by it: a policy with thousands
 * of them costs two lookups per resource.
 */
function indexExemptions(
  exemptions: readonly ProgramExemption[],
  cloud: Cloud,
): (resource: Resource) => readonly ProgramExemption[] {
  if (exemptions.length === 0) return () => exemptions;
  const fold = foldIdOf(cloud);
  const byId = new Map<string, ProgramExemption[]>();
  const byAccount = new Map<string, ProgramExemption[]>();
  const general: ProgramExemption[] = [];
  for (const one of exemptions) {
    const { exactId, exactAccount } = one.exemption;
    if (exactId !== null) pushTo(byId, exactId, one);
    else if (exactAccount !== null) pushTo(byAccount, exactAccount, one);
    else general.push(one);
  }
  return (resource) => {
    const forId = byId.get(fold(resource.id));
    const forAccount = byAccount.get(fold(resource.account));
    if (forId === undefined && forAccount === undefined) return general;
    return [...(forId ?? []), ...(forAccount ?? []), ...general];
  };
}

function pushTo<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
