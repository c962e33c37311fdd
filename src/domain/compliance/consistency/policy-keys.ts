import { CLOUDS, type Cloud } from "../../cloud.ts";
import { type CloudRule, compileCloudRules } from "../../policy/cloud-rules.ts";
import { gcpLabelKey } from "../../policy/gcp-labels.ts";
import type { KeyRank } from "../../policy/key-spelling.ts";
import type { PolicyDocument, TagRule } from "../../policy/schema.ts";
import type { MeaningOfTag, RoleOf, TagRole } from "./payers.ts";
import { tagWords } from "./tag-words.ts";

/** A required or optional tag of the policy, on every cloud. */
export interface PolicyKey {
  readonly rule: TagRule;
  /** `required_tags[0]` */
  readonly path: string;
  readonly required: boolean;
  readonly on: ReadonlyMap<Cloud, CloudRule>;
}

export interface KnownKey {
  readonly policyKey: PolicyKey;
  readonly rank: KeyRank;
}

export interface PolicyKeys {
  readonly all: readonly PolicyKey[];
  /** What the policy reads a key as; null when it knows no such key. The better spelling wins. */
  find(cloud: Cloud, key: string): KnownKey | null;
  /** The policy forbids the key on that cloud. */
  prohibits(cloud: Cloud, key: string): boolean;
}

export function policyKeys(document: PolicyDocument): PolicyKeys {
  const compiled = new Map(CLOUDS.map((cloud) => [cloud, compileCloudRules(document, cloud)]));
  const place = (rule: TagRule, path: string, required: boolean): PolicyKey => ({
    rule,
    path,
    required,
    on: new Map(
      [...compiled].flatMap(([cloud, { rules }]) => {
        const own = rules.find((one) => one.path === path);
        return own === undefined ? [] : [[cloud, own] as const];
      }),
    ),
  });
  const all = [
    ...document.required_tags.map((rule, at) => place(rule, `required_tags[${at}]`, true)),
    ...document.optional_tags.map((rule, at) => place(rule, `optional_tags[${at}]`, false)),
  ];
  return {
    all,
    find: (cloud, key) => {
      let best: KnownKey | null = null;
      for (const policyKey of all) {
        const rank = policyKey.on.get(cloud)?.spelling.rankOf(key) ?? null;
        if (rank !== null && (best === null || rank < best.rank)) best = { policyKey, rank };
      }
      return best;
    },
    prohibits: (cloud, key) =>
      compiled.get(cloud)?.prohibitions.some(({ spelling }) => spelling.rankOf(key) !== null) ??
      false,
  };
}

/** Spellings of the canonical key that are right on a cloud although they are not letter for letter it. */
export function isExpectedSpelling(cloud: Cloud, canonical: string, key: string): boolean {
  return key === canonical || (cloud === "gcp" && key === gcpLabelKey(canonical));
}

/** The words that say that a key names an application, an owner or a cost centre. */
const ROLE_WORDS: Readonly<Record<TagRole, readonly string[]>> = {
  application: ["application", "application name", "workload"],
  owner: ["owner", "owner name"],
  cost_center: ["cost center", "cost center code", "cost center number", "cost center id"],
};
const UNKNOWN_TO_POLICY = 10;

/** Reads roles off the policy's names, and off the keys themselves where the policy knows none. */
export function rolesOf(keys: PolicyKeys): RoleOf {
  return (cloud, key): MeaningOfTag | null => {
    const known = keys.find(cloud, key);
    const role = roleOfName(known?.policyKey.rule.name ?? key);
    if (role === null) return null;
    const rule = known?.policyKey.on.get(cloud);
    return {
      role,
      rank: known?.rank ?? UNKNOWN_TO_POLICY,
      canonical: rule?.canonical ?? ((value) => value),
    };
  };
}

function roleOfName(name: string): TagRole | null {
  const words = tagWords(name).join(" ");
  if (ROLE_WORDS.cost_center.includes(words)) return "cost_center";
  if (ROLE_WORDS.application.includes(words)) return "application";
  return ROLE_WORDS.owner.includes(words) ? "owner" : null;
}
