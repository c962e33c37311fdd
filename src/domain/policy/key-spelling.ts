import { distance } from "fastest-levenshtein";
import type { Cloud } from "../cloud.ts";
import { gcpLabelKey, isGcpLabelKey } from "./gcp-labels.ts";
import { allowedTypos } from "./nearest-value.ts";

/** How a key on a resource relates to a rule's key; a smaller rank is the better spelling. */
export const KEY_RANK = {
  /** Letter for letter the key of this cloud. */
  exact: 0,
  /** Azure only: the same key to Azure, which ignores case. */
  sameToCloud: 1,
  /** One of the rule's aliases. */
  alias: 2,
  /** Differs by case where the policy does not insist on case. */
  caseVariant: 3,
} as const;
export type KeyRank = (typeof KEY_RANK)[keyof typeof KEY_RANK];

/** What of a rule names its key. */
export interface KeyNames {
  readonly name: string;
  readonly names?: { readonly [C in Cloud]?: string | undefined } | undefined;
  readonly aliases?: readonly string[] | undefined;
}

export interface KeySpelling {
  /** The key to write on this cloud; null when the name has no GCP form and `names.gcp` is missing. */
  readonly key: string | null;
  /** Rank of a found key, or null when it is another key. */
  rankOf(found: string): KeyRank | null;
  /** Was this key probably meant? Only a guess, for suggestions: it never satisfies a rule. */
  resembles(found: string): boolean;
}

/** The key a rule has on a cloud, or null when GCP cannot express it. */
export function keyOn(cloud: Cloud, rule: KeyNames): string | null {
  const explicit = rule.names?.[cloud];
  if (explicit !== undefined) return explicit;
  return cloud === "gcp" ? gcpLabelKey(rule.name) : rule.name;
}

/** @param caseMatters `tag_naming_rules.case_sensitivity` of the policy. */
export function spellKey(cloud: Cloud, rule: KeyNames, caseMatters: boolean): KeySpelling {
  const key = keyOn(cloud, rule);
  const aliases = (rule.aliases ?? []).flatMap((alias) => aliasesOn(cloud, alias));
  const aliasSet = new Set(cloud === "azure" ? aliases.map(lower) : aliases);
  const loose = new Set([key ?? rule.name, rule.name, ...(rule.aliases ?? [])].map(lower));
  const resembles = resemblance([key ?? rule.name, rule.name]);
  return {
    key,
    resembles,
    rankOf: (found) => {
      if (found === key) return KEY_RANK.exact;
      const folded = lower(found);
      if (cloud === "azure" && key !== null && folded === lower(key)) return KEY_RANK.sameToCloud;
      if (aliasSet.has(cloud === "azure" ? folded : found)) return KEY_RANK.alias;
      return !caseMatters && loose.has(folded) ? KEY_RANK.caseVariant : null;
    },
  };
}

/** A label key cannot be spelt `CC`, so on GCP an alias is also read in its label form. */
function aliasesOn(cloud: Cloud, alias: string): readonly string[] {
  if (cloud !== "gcp" || isGcpLabelKey(alias)) return [alias];
  const mapped = gcpLabelKey(alias);
  return mapped === null ? [] : [mapped];
}

/** Same letters and digits, or one or two typos away by the rule that also serves values. */
function resemblance(names: readonly string[]): (found: string) => boolean {
  const wanted = [...new Set(names.map(squash))].filter((name) => name !== "");
  return (found) => {
    const letters = squash(found);
    return wanted.some((name) => {
      const limit = allowedTypos(name);
      if (Math.abs(name.length - letters.length) > limit) return false;
      return letters === name || distance(letters, name) <= limit;
    });
  };
}

const lower = (text: string): string => text.toLowerCase();
const squash = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
