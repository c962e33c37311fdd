import type { AppError } from "../domain/errors.ts";
import type { EffectiveTagPolicy } from "../domain/policy/aws/document.ts";

/** A tag policy of the organization, without its content. */
export interface OrgPolicySummary {
  readonly id: string;
  /** Untrusted text of the organization. */
  readonly name: string;
  /** Untrusted text of the organization; empty when there is none. */
  readonly description: string;
}

export interface OrgPolicy extends OrgPolicySummary {
  /** The document as its author wrote it. */
  readonly content: string;
}

/** One place on the way from the root to an account, with what is attached to it. */
export interface AttachmentLevel {
  readonly targetId: string;
  readonly kind: "root" | "unit" | "account";
  /** In attachment order. */
  readonly policies: readonly OrgPolicySummary[];
}

export interface OrgPolicyAttachments {
  readonly account: string;
  /** From the root, or as far up as could be read, to the account. */
  readonly levels: readonly AttachmentLevel[];
  /** Why levels further up are missing; null when the way begins at the root. */
  readonly incomplete: AppError | null;
}

export interface EffectiveOrgPolicy {
  readonly account: string;
  readonly policy: EffectiveTagPolicy;
  /** `cloud`: the cloud's own answer. `attachments`: merged here from what is attached on the way. */
  readonly computedBy: "cloud" | "attachments";
  /** Ids on the way from the root to the account; empty when they could not be read. */
  readonly policyIds: readonly string[];
}

/**
 * Tag policies of the organization that the credentials belong to. Every verb throws `AppError`:
 * `cloud_denied` (`details.missing_permissions` names each permission), `cloud_unsupported` (no
 * organization, or trusted access is off), `not_found` (no such policy or account, or tag policies are
 * not enabled), and the codes of any cloud call.
 */
export interface OrgPolicies {
  list(signal: AbortSignal): Promise<readonly OrgPolicySummary[]>;
  get(id: string, signal: AbortSignal): Promise<OrgPolicy>;
  /** @param account absent: the account of the credentials. */
  effective(account: string | undefined, signal: AbortSignal): Promise<EffectiveOrgPolicy>;
  /** @param account absent: the account of the credentials. */
  attachments(account: string | undefined, signal: AbortSignal): Promise<OrgPolicyAttachments>;
  close(): Promise<void>;
}
