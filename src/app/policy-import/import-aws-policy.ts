import { stringify } from "yaml";
import {
  type ConvertedPolicy,
  type ConvertOptions,
  convertEffectivePolicy,
  convertTagPolicy,
} from "../../domain/policy/aws/convert.ts";
import { readTagPolicy } from "../../domain/policy/aws/validate.ts";
import { AppError } from "../../domain/errors.ts";
import { importMarkOf, type Sha256 } from "../../domain/policy/imported.ts";
import type { LossyNote } from "../../domain/policy/lossy.ts";
import type { PolicyDocument } from "../../domain/policy/schema.ts";
import type { Clock } from "../../ports/clock.ts";
import type { OrgPolicies, OrgPolicySummary } from "../../ports/org-policies.ts";
import type { PolicyFiles } from "../../ports/policy-files.ts";

/** What to import; without a policy, policies are listed and nothing is imported. */
export interface ImportAwsPolicyRequest {
  /** Id of a tag policy, or `effective` for what holds for an account. */
  readonly policyId?: string | undefined;
  /** For `effective`: the account. Default: the account of the credentials. */
  readonly account?: string | undefined;
  /** Read `enforced_for` as required. Default: false. */
  readonly requireEnforced?: boolean | undefined;
  /** Default: true. */
  readonly save?: boolean | undefined;
  /** Within the configured folder. Default: `tagging_policy.json`. */
  readonly fileName?: string | undefined;
}

export interface ImportedAwsPolicy {
  readonly kind: "imported";
  readonly policy: PolicyDocument;
  readonly lossy: readonly LossyNote[];
  /** Account whose effective policy it is; null for a single policy. */
  readonly account: string | null;
  /** Null when it was not to be saved. */
  readonly saved: {
    readonly path: string;
    /** False when the file already held this import. */
    readonly changed: boolean;
  } | null;
}

export type ImportAwsPolicyResult =
  | { readonly kind: "list"; readonly policies: readonly OrgPolicySummary[] }
  | ImportedAwsPolicy;

export interface ImportAwsPolicyDeps {
  /** Null when AWS is not among the configured clouds. */
  readonly orgPolicies: OrgPolicies | null;
  readonly files: PolicyFiles;
  /** Puts a changed policy file into force at once. */
  readonly reload: () => Promise<unknown>;
  readonly clock: Clock;
  readonly sha256: Sha256;
}

/**
 * Lists the organization's tag policies, or imports one or the effective one, saves it and puts it into
 * force.
 * @throws {AppError} `cloud_denied` with `details.missing_permissions`; `not_found`; `cloud_unsupported`
 * without AWS, an organization or trusted access; `policy_invalid`; `invalid_input` for a file name or a
 * file that people wrote; `config_invalid`; the codes of any cloud call.
 */
export type ImportAwsPolicy = (
  request: ImportAwsPolicyRequest,
  signal: AbortSignal,
) => Promise<ImportAwsPolicyResult>;

export const DEFAULT_FILE_NAME = "tagging_policy.json";

export function createImportAwsPolicy(deps: ImportAwsPolicyDeps): ImportAwsPolicy {
  return async (request, signal) => {
    const { orgPolicies } = deps;
    if (orgPolicies === null) throw noAws();
    const { policyId } = request;
    if (policyId === undefined) return { kind: "list", policies: await orgPolicies.list(signal) };
    const options = {
      requireEnforced: request.requireEnforced === true,
      importedAt: new Date(deps.clock.now()).toISOString(),
      sha256: deps.sha256,
    };
    const imported =
      policyId === "effective"
        ? await importEffective(orgPolicies, request.account, options, signal)
        : await importOne(orgPolicies, policyId, options, signal);
    if (request.save === false) return { kind: "imported", ...imported, saved: null };
    const saved = await save(deps, request.fileName ?? DEFAULT_FILE_NAME, imported.policy);
    if (saved.changed) await deps.reload();
    return { kind: "imported", ...imported, saved };
  };
}

type CommonOptions = Pick<ConvertOptions, "requireEnforced" | "importedAt" | "sha256">;
type Imported = ConvertedPolicy & { readonly account: string | null };

async function importOne(
  orgPolicies: OrgPolicies,
  id: string,
  options: CommonOptions,
  signal: AbortSignal,
): Promise<Imported> {
  const { content } = await orgPolicies.get(id, signal);
  const converted = convertTagPolicy(readTagPolicy(content), {
    ...options,
    source: "aws_tag_policy",
    policyIds: [id],
  });
  return { ...converted, account: null };
}

async function importEffective(
  orgPolicies: OrgPolicies,
  account: string | undefined,
  options: CommonOptions,
  signal: AbortSignal,
): Promise<Imported> {
  const effective = await orgPolicies.effective(account, signal);
  if (Object.keys(effective.policy.tags).length === 0) throw nothingAttached();
  const converted = convertEffectivePolicy(effective.policy, {
    ...options,
    source: effective.computedBy === "cloud" ? "aws_effective_policy" : "aws_merged_policies",
    policyIds: effective.policyIds,
  });
  return { ...converted, account: effective.account };
}

/** The same content, asked for in the same way, leaves the file and its date alone. */
async function save(
  { files, sha256 }: ImportAwsPolicyDeps,
  fileName: string,
  policy: PolicyDocument,
): Promise<{ readonly path: string; readonly changed: boolean }> {
  const existing = await files.read(fileName);
  const mark = existing === null ? null : importMarkOf(existing, sha256);
  if (mark !== null && !mark.edited && isSameImport(mark.provenance, policy.provenance)) {
    return { path: files.pathOf(fileName), changed: false };
  }
  await files.write(fileName, policyText(policy, fileName), (text) => {
    const found = importMarkOf(text, sha256);
    return found !== null && !found.edited;
  });
  return { path: files.pathOf(fileName), changed: true };
}

type Provenance = PolicyDocument["provenance"];

function isSameImport(before: Provenance, now: Provenance): boolean {
  const key = (provenance: Provenance): string =>
    JSON.stringify([
      provenance?.source,
      provenance?.ids,
      provenance?.content_hash,
      provenance?.rules_hash,
      provenance?.aws_tag_policy?.require_enforced,
      provenance?.aws_tag_policy?.catalogue,
    ]);
  return key(before) === key(now);
}

/** A policy as a file holds it: JSON for `.json`, else YAML. */
export function policyText(policy: PolicyDocument, fileName: string): string {
  return fileName.endsWith(".json")
    ? `${JSON.stringify(policy, null, 2)}\n`
    : stringify(policy, { aliasDuplicateObjects: false });
}

function noAws(): AppError {
  return new AppError("cloud_unsupported", "AWS is not among the configured clouds.", {
    hint: "Configure AWS credentials or clouds.aws, or convert a file: tag-compliance policy import-aws FILE.",
  });
}

function nothingAttached(): AppError {
  return new AppError("not_found", "No tag policy is attached to this account or above it.", {
    hint: "Attach one in AWS Organizations, import a policy by its id, or keep a policy file.",
  });
}
