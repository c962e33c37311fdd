import {
  DescribeEffectivePolicyCommand,
  DescribePolicyCommand,
  ListParentsCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  type OrganizationsClient,
  type PolicySummary,
} from "@aws-sdk/client-organizations";

export interface TagPolicySummary {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface TagPolicyPage {
  readonly policies: readonly TagPolicySummary[];
  readonly next: string | undefined;
}

/** The calls of AWS Organizations that speak of tag policies. At most 20 entries a page. */
export interface TagPolicyApi {
  listTagPolicies(token: string | undefined, signal: AbortSignal): Promise<TagPolicyPage>;
  /** Directly attached ones, in attachment order. */
  listTagPoliciesFor(
    target: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<TagPolicyPage>;
  /** `type` tells tag policies from the organization's other policies. */
  describePolicy(
    id: string,
    signal: AbortSignal,
  ): Promise<TagPolicySummary & { readonly type: string; readonly content: string }>;
  /** @param account absent: the caller's own, the only one a member account may ask for. */
  describeEffectiveTagPolicy(
    account: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly account: string; readonly content: string }>;
  /** An account or unit has one parent; the root has none. */
  parentOf(
    child: string,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly isRoot: boolean } | undefined>;
}

const TAG_POLICY = "TAG_POLICY";

export function tagPolicyApi(client: OrganizationsClient): TagPolicyApi {
  return {
    listTagPolicies: async (token, signal) => {
      const command = new ListPoliciesCommand({ Filter: TAG_POLICY, NextToken: token });
      return pageOf(await client.send(command, { abortSignal: signal }));
    },
    listTagPoliciesFor: async (target, token, signal) => {
      const command = new ListPoliciesForTargetCommand({
        TargetId: target,
        Filter: TAG_POLICY,
        NextToken: token,
      });
      return pageOf(await client.send(command, { abortSignal: signal }));
    },
    describePolicy: async (id, signal) => {
      const command = new DescribePolicyCommand({ PolicyId: id });
      const { Policy } = await client.send(command, { abortSignal: signal });
      return {
        ...summaryOf(Policy?.PolicySummary ?? {}),
        type: Policy?.PolicySummary?.Type ?? "",
        content: Policy?.Content ?? "",
      };
    },
    describeEffectiveTagPolicy: async (account, signal) => {
      const command = new DescribeEffectivePolicyCommand({
        PolicyType: TAG_POLICY,
        TargetId: account,
      });
      const { EffectivePolicy } = await client.send(command, { abortSignal: signal });
      return {
        account: EffectivePolicy?.TargetId ?? account ?? "",
        content: EffectivePolicy?.PolicyContent ?? "",
      };
    },
    parentOf: async (child, signal) => {
      const command = new ListParentsCommand({ ChildId: child });
      const parent = (await client.send(command, { abortSignal: signal })).Parents?.[0];
      if (parent?.Id === undefined) return undefined;
      return { id: parent.Id, isRoot: parent.Type === "ROOT" };
    },
  };
}

function pageOf(answer: {
  readonly Policies?: readonly PolicySummary[] | undefined;
  readonly NextToken?: string | undefined;
}): TagPolicyPage {
  return { policies: (answer.Policies ?? []).map(summaryOf), next: answer.NextToken || undefined };
}

function summaryOf({ Id, Name, Description }: PolicySummary): TagPolicySummary {
  return { id: Id ?? "", name: Name ?? "", description: Description ?? "" };
}
