import type { Resource } from "../resource.ts";

/** Closed list; the words are the product's contract. */
export const VIOLATION_KINDS = [
  "missing_required_tag",
  "empty_value",
  "invalid_value",
  "invalid_format",
  "key_variant",
  "value_variant",
  "prohibited_tag",
  "naming_rule",
] as const;
export type ViolationKind = (typeof VIOLATION_KINDS)[number];

export const SEVERITIES = ["error", "warning"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One rule of the policy that one resource breaks. */
export interface Violation {
  readonly kind: ViolationKind;
  /** Canonical tag name of the rule; for `prohibited_tag` and `naming_rule` the key as found. */
  readonly tag: string;
  readonly severity: Severity;
  /** What would satisfy the rule, in words made from the policy alone. */
  readonly expected: string;
  /** What was found: the value, or for `key_variant` the key. Untrusted text. Null when absent. */
  readonly actual: string | null;
  /** The allowed value or canonical key that was probably meant; null when there is no single best. */
  readonly suggestion: string | null;
  /** Path of the policy line that made it, such as `required_tags[1].allowed_values`. */
  readonly rule: string;
}

/**
 * What the policy says of one resource.
 * `compliant`/`non_compliant` make the score; the others stay out of it:
 * `exempt` (waived by an exemption in force), `unknown` (tags could not be read),
 * `out_of_scope` (no required rule applies to its type, and nothing is broken).
 * Only violations of severity `error` make a resource non-compliant.
 */
export const VERDICTS = [
  "compliant",
  "non_compliant",
  "exempt",
  "unknown",
  "out_of_scope",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Resources of each verdict. */
export interface VerdictCounts extends Readonly<Record<Verdict, number>> {}

export interface Judgement {
  readonly verdict: Verdict;
  /** Broken rules that no exemption waives. Empty for `exempt` and `unknown`. */
  readonly violations: readonly Violation[];
}

/** Judges resources against one compiled policy. Pure, synchronous, allocation-free when compliant. */
export interface Judge {
  /** Content hash of the policy this judge was compiled from (hex SHA-256 of its canonical JSON). */
  readonly policyHash: string;
  /** @param atMs epoch milliseconds, for exemptions that expire. */
  judge(resource: Resource, atMs: number): Judgement;
}
