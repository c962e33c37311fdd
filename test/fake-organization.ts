import { createHash } from "node:crypto";
import type { TagPolicyDocument } from "../src/domain/policy/aws/document.ts";
import { mergeTagPolicies } from "../src/domain/policy/aws/merge.ts";
import { readTagPolicy } from "../src/domain/policy/aws/validate.ts";
import { AppError } from "../src/domain/errors.ts";
import type { OrgPolicies } from "../src/ports/org-policies.ts";
import type { PolicyFiles } from "../src/ports/policy-files.ts";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export const FAKE_ACCOUNT = "111122223333";

/** An organization in memory: a root and one account. Change its fields while a test runs. */
export interface FakeOrganization {
  readonly policies: OrgPolicies;
  /** Id to content. */
  readonly contents: Map<string, string>;
  root: readonly string[];
  account: readonly string[];
  /** Verbs that throw this error. */
  readonly failures: Map<"list" | "get" | "effective" | "attachments", AppError>;
  /** The level above the account cannot be read. */
  rootHidden: boolean;
  calls: number;
}

export function denial(action: string): AppError {
  return new AppError("cloud_denied", `AWS denied ${action}.`, {
    hint: `Grant ${action}.`,
    details: { missing_permissions: [action] },
  });
}

export function fakeOrganization(): FakeOrganization {
  const contents = new Map<string, string>();
  const failures: FakeOrganization["failures"] = new Map();
  const enter = (verb: "list" | "get" | "effective" | "attachments"): void => {
    organization.calls += 1;
    const failure = failures.get(verb);
    if (failure !== undefined) throw failure;
  };
  const documents = (ids: readonly string[]): readonly TagPolicyDocument[] =>
    ids.map((id) => readTagPolicy(contents.get(id) ?? "").document);
  const summary = (id: string) => ({ id, name: `name of ${id}`, description: "" });
  const policies: OrgPolicies = {
    list: async () => {
      enter("list");
      return [...contents.keys()].map(summary);
    },
    get: async (id) => {
      enter("get");
      const content = contents.get(id);
      if (content === undefined) throw new AppError("not_found", "No such tag policy.");
      return { ...summary(id), content };
    },
    effective: async (account) => {
      enter("effective");
      return {
        account: account ?? FAKE_ACCOUNT,
        policy: mergeTagPolicies([documents(organization.root), documents(organization.account)]),
        computedBy: "cloud",
        policyIds: [...organization.root, ...organization.account],
      };
    },
    attachments: async (account) => {
      enter("attachments");
      const own = {
        targetId: account ?? FAKE_ACCOUNT,
        kind: "account" as const,
        policies: organization.account.map(summary),
      };
      const root = {
        targetId: "r-1",
        kind: "root" as const,
        policies: organization.root.map(summary),
      };
      return {
        account: own.targetId,
        levels: organization.rootHidden ? [own] : [root, own],
        incomplete: organization.rootHidden ? denial("organizations:ListParents") : null,
      };
    },
    close: async () => undefined,
  };
  const organization: FakeOrganization = {
    policies,
    contents,
    failures,
    root: [],
    account: [],
    rootHidden: false,
    calls: 0,
  };
  return organization;
}

/** A folder in memory. */
export function fakeFiles(texts: Map<string, string>): PolicyFiles & { writes: number } {
  const files = {
    writes: 0,
    folder: "policies",
    pathOf: (name: string) => `policies/${name}`,
    read: async (name: string) => texts.get(name) ?? null,
    write: async (name: string, text: string, mayReplace: (existing: string) => boolean) => {
      const existing = texts.get(name);
      if (existing !== undefined && !mayReplace(existing)) {
        throw new AppError("invalid_input", "In the way.");
      }
      files.writes += 1;
      texts.set(name, text);
    },
  };
  return files;
}
