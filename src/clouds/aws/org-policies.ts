import { AppError } from "../../domain/errors.ts";
import type { EffectiveTagPolicy, TagPolicyDocument } from "../../domain/policy/aws/document.ts";
import { mergeTagPolicies } from "../../domain/policy/aws/merge.ts";
import { readTagPolicy } from "../../domain/policy/aws/validate.ts";
import type {
  AttachmentLevel,
  EffectiveOrgPolicy,
  OrgPolicies,
  OrgPolicy,
  OrgPolicyAttachments,
  OrgPolicySummary,
} from "../../ports/org-policies.ts";
import { CALLER } from "./calls.ts";
import type { Apis } from "./clients.ts";
import { type AwsProviderOptions, settingsFrom } from "./options.ts";
import {
  ACTIONS,
  denied,
  explain,
  lacksOperation,
  type OrganizationsAction,
} from "./org-policy-errors.ts";
import type { TagPolicyPage } from "./sdk/tag-policies.ts";
import { createSessions, type Sessions } from "./session.ts";

/** Units nest five deep in AWS; anything longer is an answer that makes no sense. */
const MAX_LEVELS = 10;

/** Tag policies of AWS Organizations. Making one loads no SDK and sends nothing. */
export function createAwsOrgPolicies(options: AwsProviderOptions): OrgPolicies {
  const settings = settingsFrom(options);
  return new AwsOrgPolicies(createSessions(settings), settings.homeRegion);
}

class AwsOrgPolicies implements OrgPolicies {
  readonly #sessions: Sessions;
  readonly #region: string;

  constructor(sessions: Sessions, region: string) {
    this.#sessions = sessions;
    this.#region = region;
  }

  async list(signal: AbortSignal): Promise<readonly OrgPolicySummary[]> {
    return this.#allPages((token) =>
      this.#ask(ACTIONS.list, signal, (api, own) => api.listTagPolicies(token, own)),
    );
  }

  async get(id: string, signal: AbortSignal): Promise<OrgPolicy> {
    if (!/^p-[0-9a-zA-Z_]{8,128}$/.test(id)) throw noSuchPolicy(id);
    const { type, ...policy } = await this.#ask(ACTIONS.describe, signal, (api, own) =>
      api.describePolicy(id, own),
    );
    if (type !== "TAG_POLICY") throw noSuchPolicy(id);
    return policy;
  }

  /** AWS's own answer; where it does not give one, what is attached is merged here. */
  async effective(account: string | undefined, signal: AbortSignal): Promise<EffectiveOrgPolicy> {
    try {
      const answer = await this.#ask(ACTIONS.effective, signal, (api, own) =>
        api.describeEffectiveTagPolicy(account, own),
      );
      return {
        account: answer.account,
        policy: readEffective(answer.content),
        computedBy: "cloud",
        policyIds: await this.#knownIds(answer.account, signal),
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code !== "cloud_denied" && !lacksOperation(error)) throw error;
      return this.#merged(account, signal, error);
    }
  }

  async attachments(
    account: string | undefined,
    signal: AbortSignal,
  ): Promise<OrgPolicyAttachments> {
    const start = account ?? (await this.#sessions.caller(signal)).account;
    const { targets, incomplete } = await this.#wayUp(start, signal);
    const levels: AttachmentLevel[] = [];
    for (const target of targets) {
      const policies = await this.#allPages((token) =>
        this.#ask(ACTIONS.attached, signal, (api, own) =>
          api.listTagPoliciesFor(target.targetId, token, own),
        ),
      );
      levels.push({ ...target, policies });
    }
    return { account: start, levels, incomplete };
  }

  async close(): Promise<void> {
    await this.#sessions.calls.close();
  }

  async #merged(
    account: string | undefined,
    signal: AbortSignal,
    first: AppError,
  ): Promise<EffectiveOrgPolicy> {
    try {
      const attachments = await this.attachments(account, signal);
      if (attachments.incomplete !== null) throw attachments.incomplete;
      const documents = new Map<string, TagPolicyDocument>();
      for (const { id } of attachments.levels.flatMap(({ policies }) => policies)) {
        if (documents.has(id)) continue;
        documents.set(id, readTagPolicy((await this.get(id, signal)).content).document);
      }
      const levels = attachments.levels.map(({ policies }) =>
        policies.flatMap(({ id }) => documents.get(id) ?? []),
      );
      return {
        account: attachments.account,
        policy: mergeTagPolicies(levels),
        computedBy: "attachments",
        policyIds: [...documents.keys()],
      };
    } catch (error) {
      // Either way would do, so a denial names both: the first that was tried, and what this one lacks.
      if (!(error instanceof AppError) || error.code !== "cloud_denied") throw error;
      if (first.code !== "cloud_denied") throw error;
      throw denied([ACTIONS.effective, ...missingIn(error)], error);
    }
  }

  /** From the root to `start`; shorter when the way up is denied. */
  async #wayUp(
    start: string,
    signal: AbortSignal,
  ): Promise<{
    readonly targets: readonly Omit<AttachmentLevel, "policies">[];
    readonly incomplete: AppError | null;
  }> {
    const targets: Omit<AttachmentLevel, "policies">[] = [{ targetId: start, kind: "account" }];
    try {
      for (let child = start; targets.length < MAX_LEVELS; ) {
        const parent = await this.#ask(ACTIONS.parents, signal, (api, own) =>
          api.parentOf(child, own),
        );
        if (parent === undefined) throw noRoot();
        targets.unshift({ targetId: parent.id, kind: parent.isRoot ? "root" : "unit" });
        if (parent.isRoot) return { targets, incomplete: null };
        child = parent.id;
      }
      throw noRoot();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "cloud_denied") throw error;
      return { targets, incomplete: error };
    }
  }

  /** Ids only say where an answer came from: not being allowed to read them spoils nothing. */
  async #knownIds(account: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      const { levels } = await this.attachments(account, signal);
      return [...new Set(levels.flatMap(({ policies }) => policies.map(({ id }) => id)))];
    } catch (error) {
      if (error instanceof AppError && error.code !== "cancelled") return [];
      throw error;
    }
  }

  async #allPages(
    page: (token: string | undefined) => Promise<TagPolicyPage>,
  ): Promise<readonly OrgPolicySummary[]> {
    const all: OrgPolicySummary[] = [];
    let token: string | undefined;
    do {
      const { policies, next } = await page(token);
      all.push(...policies);
      token = next;
    } while (token !== undefined);
    return all;
  }

  async #ask<T>(
    action: OrganizationsAction,
    signal: AbortSignal,
    send: (api: Apis["organizations"], own: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const target = { service: "organizations", account: CALLER, region: this.#region } as const;
    try {
      return await this.#sessions.calls.call(target, signal, send);
    } catch (error) {
      throw error instanceof AppError ? explain(error, action) : error;
    }
  }
}

/** `{}` is what AWS answers when tag policies are enabled and none is attached. */
function readEffective(content: string): EffectiveTagPolicy {
  if (/^\s*\{\s*\}\s*$/.test(content)) return { tags: {} };
  return mergeTagPolicies([[readTagPolicy(content).document]]);
}

function missingIn(error: AppError): readonly OrganizationsAction[] {
  const missing = error.details["missing_permissions"];
  const names: readonly unknown[] = Array.isArray(missing) ? missing : [];
  return Object.values(ACTIONS).filter((action) => names.includes(action));
}

function noSuchPolicy(id: string): AppError {
  return new AppError("not_found", "The AWS organization has no such tag policy.", {
    hint: "A policy id looks like p-1a2b3c4d5e. List the policies without an id to see them.",
    details: { policy_id: id },
  });
}

function noRoot(): AppError {
  return new AppError("cloud_truncated", "The way from the account to the root does not end.", {
    hint: "Ask again; if it stays, name a policy id instead.",
  });
}
