/**
 * AWS Organizations tag policies as data. Two shapes share the root `{"tags": {...}}`: documents that
 * people write, whose leaves hold operators, and the effective policy that AWS computes
 * (DescribeEffectivePolicy), whose leaves hold the values themselves. Both are read into this model.
 * Syntax: AWS Organizations User Guide, "Tag policy syntax" and "Understanding management policy
 * inheritance".
 */
export const FIELDS = ["tag_key", "tag_value", "enforced_for", "report_required_tag_for"] as const;
export type Field = (typeof FIELDS)[number];

export const OPERATORS = ["@@assign", "@@append", "@@remove"] as const;
export type Operator = (typeof OPERATORS)[number];

/** Limits what policies further down the organization may do with the setting that holds it. */
export const CHILD_CONTROL = "@@operators_allowed_for_child_policies";

/** Operators of one leaf. `tag_key` holds one text, the other fields any number. */
export interface Setting {
  readonly operations: ReadonlyMap<Operator, readonly string[]>;
  /** Operators left to child policies; absent: this leaf says nothing about it. */
  readonly allowedForChildren?: ReadonlySet<Operator>;
}

export interface TagPolicyRule {
  /** The policy key as written; AWS compares policy keys without regard to case. */
  readonly key: string;
  readonly settings: ReadonlyMap<Field, Setting>;
}

export interface TagPolicyDocument {
  readonly rules: readonly TagPolicyRule[];
}

/** One rule in the shape of DescribeEffectivePolicy: no operators, every default filled in. */
export interface EffectiveTagRule {
  readonly tag_key: string;
  /** `["*"]`: any value. `[]`: no value is acceptable, so the key is prohibited. */
  readonly tag_value: readonly string[];
  readonly enforced_for?: readonly string[];
  readonly report_required_tag_for?: readonly string[];
}

/** What DescribeEffectivePolicy answers: keys in lower case. */
export interface EffectiveTagPolicy {
  readonly tags: Readonly<Record<string, EffectiveTagRule>>;
}
