import type { ErrorCode, Issue } from "../domain/errors.ts";
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
  /** Automatic import from AWS Organizations; null when it is not configured. */
  readonly sync: PolicySync | null;
}

/** How the policy file is kept in step with AWS Organizations. */
export interface PolicySync {
  /** `own_file`: people wrote or edited the file, so it is left alone. */
  readonly outcome: "pending" | "imported" | "own_file" | "failed";
  /** What the last import was made of, such as `aws_effective_policy`; null without one. */
  readonly source: string | null;
  /** Code of the last failure; null when the last import succeeded. */
  readonly error: ErrorCode | null;
  /** Epoch milliseconds of the last import that succeeded; null when none has. */
  readonly lastSyncAt: number | null;
  /** Epoch milliseconds from which the next one is due. */
  readonly nextSyncAt: number;
}

export type GetPolicy = () => Promise<PolicyInForce>;
