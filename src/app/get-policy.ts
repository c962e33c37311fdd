import type { Issue } from "../domain/errors.ts";
import type { LintFinding } from "../domain/policy/lint.ts";
import type { PolicyDocument } from "../domain/policy/schema.ts";

/** The policy in force, and where it came from. */
export interface PolicyInForce {
  readonly document: PolicyDocument;
  /** Hex SHA-256 of the canonical document: equal for policies that mean the same text. */
  readonly hash: string;
  /** `built_in` when no file is configured. */
  readonly source: "built_in" | "file";
  /** Of the file; null for the built-in policy. */
  readonly path: string | null;
  /** Epoch milliseconds. */
  readonly loadedAt: number;
  /** What is allowed but probably not meant: contradictions, dead rules, expired exemptions. */
  readonly lint: readonly LintFinding[];
  /** Why the file as it stands now is not in force; null when it is. */
  readonly lastError: { readonly message: string; readonly issues: readonly Issue[] } | null;
}

export type GetPolicy = () => Promise<PolicyInForce>;
