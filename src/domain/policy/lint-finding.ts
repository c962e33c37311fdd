import type { Cloud } from "../cloud.ts";
import type { PolicyDocument, TagRule } from "./schema.ts";

export const LINT_SEVERITIES = ["error", "warning", "info"] as const;
/** `error`: a contradiction that cannot be obeyed; `warning`: a rule that does not do what it says. */
export type LintSeverity = (typeof LINT_SEVERITIES)[number];

/** Something in a loadable policy that its author should mend. Message and hint are our own words. */
export interface LintFinding {
  /** Stable name of the check, such as `gcp_key_collision`. */
  readonly code: string;
  readonly path: string;
  readonly line: number | null;
  readonly severity: LintSeverity;
  readonly message: string;
  readonly hint: string;
}

/** A finding before its line is looked up. */
export type Finding = Omit<LintFinding, "line">;

export interface PlacedRule {
  readonly path: string;
  readonly rule: TagRule;
  readonly required: boolean;
}

export interface LintContext {
  readonly document: PolicyDocument;
  readonly rules: readonly PlacedRule[];
  /** Clouds the catalogue knows types of; findings about other clouds would be noise. */
  readonly clouds: readonly Cloud[];
  /** Could the rule meet a resource of the cloud? */
  readonly reaches: (rule: TagRule, cloud: Cloud) => boolean;
}
