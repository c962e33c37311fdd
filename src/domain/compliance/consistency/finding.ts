import type { Cloud } from "../../cloud.ts";
import type { Carrier } from "./carriers.ts";
import type { Evidence } from "./key-families.ts";
import type { PolicyPatch } from "./policy-patch.ts";

export const FINDING_KINDS = [
  /** A spelling of a key that the policy does not know. */
  "key_variant",
  /** A spelling that the policy reads already: settled for judging, still to be retagged. */
  "known_alias",
  /** A value that is another one but for case, separators or a slip. */
  "value_variant",
  /** Values that only one cloud uses. */
  "value_vocabulary",
  /** One application or owner whose resources name different cost centres in different clouds. */
  "cost_center_conflict",
  /** A key that is required, or in use, in some clouds and not in others. */
  "one_cloud_key",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Why the canonical choice is what it is; or why there is none. */
export const REASONS = [
  "policy_key",
  "policy_value",
  "most_used",
  "differs_by_cloud",
  "required_by_policy",
  "usage_differs",
] as const;
export type Reason = (typeof REASONS)[number];

export const REASON_TEXT: Readonly<Record<Reason, string>> = {
  policy_key: "The policy names this key.",
  policy_value: "The policy allows this value.",
  most_used: "Of all spellings this one is on the most resources.",
  differs_by_cloud: "The clouds disagree; somebody who knows the owner must decide.",
  required_by_policy: "The policy requires the key in some of the clouds only.",
  usage_differs: "Nearly all resources of one cloud carry the key, and hardly any of another.",
};

export interface CloudCount {
  readonly cloud: Cloud;
  /** Resources the finding is about. */
  readonly resources: number;
}

/** A text as found in a cloud: untrusted. */
export interface Example extends CloudCount {
  readonly text: string;
}

export interface Finding {
  readonly kind: FindingKind;
  /** Canonical key. Untrusted when the policy does not have it. */
  readonly tag: string;
  /** The right spelling, value or cost centre; null when nothing here can tell. Untrusted unless the policy's. */
  readonly canonical: string | null;
  readonly reason: Reason;
  /** What differs, with its counts: spellings, values, cost centres. Untrusted. */
  readonly examples: readonly Example[];
  /** How many examples there are, beyond those listed too. */
  readonly exampleCount: number;
  /** The resources behind all examples, the unlisted ones too. */
  readonly carriers: readonly Carrier[];
  /** Whom it is about: the application or owner of a conflict. Untrusted; null for other kinds. */
  readonly subject: string | null;
  readonly counts: readonly CloudCount[];
  /** All of `counts`. */
  readonly resources: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** Why a spelling is taken for the key; null where the policy or plain counting decides. */
  readonly evidence: Evidence | null;
  /** What of the policy would settle it; null when only retagging or a decision can. */
  readonly patch: PolicyPatch | null;
}

/** Examples a finding carries; `exampleCount` says how many there are. */
export const MAX_EXAMPLES = 8;

/** The examples with most resources, and the counts per cloud over all of them. */
export function tally(
  examples: readonly Example[],
): Pick<Finding, "examples" | "exampleCount" | "counts" | "resources"> {
  const byCloud = new Map<Cloud, number>();
  for (const { cloud, resources } of examples)
    byCloud.set(cloud, (byCloud.get(cloud) ?? 0) + resources);
  return {
    examples: examples.toSorted((a, b) => b.resources - a.resources).slice(0, MAX_EXAMPLES),
    exampleCount: examples.length,
    counts: [...byCloud].map(([cloud, resources]) => ({ cloud, resources })),
    resources: examples.reduce((sum, { resources }) => sum + resources, 0),
  };
}
