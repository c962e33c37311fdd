import { z } from "zod";
import type { EstateAccount } from "../estate/types.ts";
import { effectivePolicy, tagPolicyDocument } from "./effective-policy.ts";
import { sliceOf } from "./paging.ts";
import { failure, json, type WireError, type WireResult } from "./protocol.ts";
import { operation, readTarget, type AwsCall, type AwsService, type Operation } from "./service.ts";
import { DEFAULT_TAG_POLICIES, ROOT_ID, type TagPolicy } from "./tag-policy.ts";
import type { World } from "./world.ts";

/** AWS Organizations (2016-11-28): root, two OUs, the accounts, and the tag policies attached to them. */
const ORGANIZATION_ID = "o-sandboxorg1";
const OUS = [
  { id: "ou-sbx1-workload", name: "Workloads" },
  { id: "ou-sbx1-sandboxs", name: "Sandboxes" },
] as const;

const INVALID = "InvalidInputException";
const reason = (error: WireError, Reason: string): WireError => ({ ...error, members: { Reason } });
const ACCESS_DENIED = failure(
  "AccessDeniedException",
  "You don't have permissions to access this resource.",
);
const BAD_TOKEN = reason(failure(INVALID, "The NextToken is not valid."), "INVALID_NEXT_TOKEN");

const pageInput = z.object({
  NextToken: z.string().max(100_000).optional(),
  MaxResults: z.int().min(1).max(20).default(20),
});
const childInput = pageInput.extend({ ChildId: z.string().min(1) });
const policiesInput = pageInput.extend({ Filter: z.string().min(1) });
const targetInput = policiesInput.extend({ TargetId: z.string().min(1) });
const policyInput = z.object({ PolicyId: z.string().min(1) });
const effectiveInput = z.object({ PolicyType: z.string().min(1), TargetId: z.string().optional() });

/** @param policies Attached tag policies; an empty list means the policy type is switched off. */
export function createOrganizationsService(
  policies: readonly TagPolicy[] = DEFAULT_TAG_POLICIES,
): AwsService {
  const operations: Readonly<Record<string, Operation>> = {
    DescribeOrganization: describeOrganization,
    ListAccounts: forManagement(
      operation(pageInput, INVALID, (input, call) =>
        pageOf(call, "Accounts", {
          input,
          items: call.world.accounts.map((a) => accountOf(call.world, a)),
        }),
      ),
    ),
    ListRoots: forManagement(
      operation(pageInput, INVALID, (input, call) =>
        pageOf(call, "Roots", { input, items: [rootOf(call.world, policies)] }),
      ),
    ),
    ListParents: forManagement(operation(childInput, INVALID, listParents)),
    ListPolicies: forManagement(
      operation(policiesInput, INVALID, (input, call) =>
        pageOf(call, "Policies", {
          input,
          items: ofType(policies, input.Filter).map((p) => summaryOf(call.world, p)),
        }),
      ),
    ),
    ListPoliciesForTarget: forManagement(
      operation(targetInput, INVALID, (input, call) => policiesForTarget(policies, input, call)),
    ),
    DescribePolicy: forManagement(
      operation(policyInput, INVALID, ({ PolicyId }, { world }) => {
        const policy = policies.find(({ id }) => id === PolicyId);
        if (policy === undefined)
          return failure(
            "PolicyNotFoundException",
            "We can't find a policy with the PolicyId that you specified.",
          );
        return json({
          Policy: { PolicySummary: summaryOf(world, policy), Content: policy.content },
        });
      }),
    ),
    DescribeEffectivePolicy: operation(effectiveInput, INVALID, (input, call) =>
      describeEffective(policies, input, call),
    ),
  };
  return { protocol: "json", global: true, lists: LISTS, read, operations, errors: ERRORS };
}

const LISTS: ReadonlySet<string> = new Set([
  "ListAccounts",
  "ListRoots",
  "ListParents",
  "ListPolicies",
  "ListPoliciesForTarget",
]);

const read: AwsService["read"] = (request) =>
  readTarget(request, "AWSOrganizationsV20161128", "NextToken");

/** Only the management account (or a delegated administrator, which the sandbox has none of) may ask. */
function forManagement(run: Operation): Operation {
  return (call) => (call.account === call.world.managementAccount ? run(call) : ACCESS_DENIED);
}

function pageOf(
  call: AwsCall,
  member: string,
  {
    input,
    items,
  }: { readonly input: z.output<typeof pageInput>; readonly items: readonly object[] },
): WireResult {
  const page = sliceOf(items, {
    list: `${call.operation} ${call.account}`,
    token: input.NextToken,
    limit: call.cutShort ? 1 : input.MaxResults,
  });
  if (page === undefined) return BAD_TOKEN;
  return json({
    [member]: page.items,
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  });
}

const arn = (world: World, rest: string): string =>
  `arn:aws:organizations::${world.managementAccount}:${rest}`;

/** Organizations' JSON has times in seconds. */
const JOINED_AT = Date.UTC(2021, 2, 1) / 1000;

function describeOrganization({ world }: AwsCall): WireResult {
  return json({
    Organization: {
      Id: ORGANIZATION_ID,
      Arn: arn(world, `organization/${ORGANIZATION_ID}`),
      FeatureSet: "ALL",
      MasterAccountId: world.managementAccount,
      MasterAccountArn: arn(world, `account/${ORGANIZATION_ID}/${world.managementAccount}`),
      MasterAccountEmail: "aws@larkspur.example",
      AvailablePolicyTypes: [],
    },
  });
}

function accountOf(world: World, { id, name }: EstateAccount): object {
  const isManagement = id === world.managementAccount;
  return {
    Id: id,
    Arn: arn(world, `account/${ORGANIZATION_ID}/${id}`),
    Email: `aws+${name}@larkspur.example`,
    Name: name,
    Status: "ACTIVE",
    State: "ACTIVE",
    JoinedMethod: isManagement ? "INVITED" : "CREATED",
    JoinedTimestamp: JOINED_AT,
  };
}

function rootOf(world: World, policies: readonly TagPolicy[]): object {
  return {
    Id: ROOT_ID,
    Arn: arn(world, `root/${ORGANIZATION_ID}/${ROOT_ID}`),
    Name: "Root",
    PolicyTypes: policies.length === 0 ? [] : [{ Type: "TAG_POLICY", Status: "ENABLED" }],
  };
}

interface Parent {
  readonly Id: string;
  readonly Type: "ROOT" | "ORGANIZATIONAL_UNIT";
}

/** The management account stays in the root, sandboxes have an OU of their own. */
function parentOf(world: World, child: string): Parent | undefined {
  if (OUS.some(({ id }) => id === child) || child === world.managementAccount)
    return { Id: ROOT_ID, Type: "ROOT" };
  const account = world.accounts.find(({ id }) => id === child);
  if (account === undefined) return undefined;
  const ou = account.name.endsWith("-sandbox") ? OUS[1] : OUS[0];
  return { Id: ou.id, Type: "ORGANIZATIONAL_UNIT" };
}

function listParents(input: z.output<typeof childInput>, call: AwsCall): WireResult {
  const parent = parentOf(call.world, input.ChildId);
  if (parent === undefined)
    return failure(
      "ChildNotFoundException",
      "We can't find an organizational unit (OU) or account with the ChildId that you specified.",
    );
  return pageOf(call, "Parents", { input, items: [parent] });
}

function ofType(policies: readonly TagPolicy[], type: string): readonly TagPolicy[] {
  return type === "TAG_POLICY" ? policies : [];
}

function summaryOf(world: World, { id, name }: TagPolicy): object {
  return {
    Id: id,
    Arn: arn(world, `policy/${ORGANIZATION_ID}/tag_policy/${id}`),
    Name: name,
    Description: "",
    Type: "TAG_POLICY",
    AwsManaged: false,
  };
}

function policiesForTarget(
  policies: readonly TagPolicy[],
  input: z.output<typeof targetInput>,
  call: AwsCall,
): WireResult {
  const { world } = call;
  const target = input.TargetId;
  if (target !== ROOT_ID && parentOf(world, target) === undefined)
    return failure(
      "TargetNotFoundException",
      "We can't find a root, OU, account, or policy with the TargetId that you specified.",
    );
  const attached = ofType(policies, input.Filter).filter(({ targets }) => targets.includes(target));
  return pageOf(call, "Policies", { input, items: attached.map((p) => summaryOf(world, p)) });
}

function describeEffective(
  policies: readonly TagPolicy[],
  { PolicyType, TargetId }: z.output<typeof effectiveInput>,
  call: AwsCall,
): WireResult {
  const { world, account } = call;
  const target = TargetId ?? account;
  // A member may read its own effective policy and no other.
  if (account !== world.managementAccount && target !== account) return ACCESS_DENIED;
  if (!world.hasAccount(target))
    return reason(failure(INVALID, "The target is not an account."), "TARGET_NOT_SUPPORTED");
  if (policies.length === 0 || PolicyType !== "TAG_POLICY")
    return failure(
      "EffectivePolicyNotFoundException",
      "If you ran this action on the management account, this policy type is not enabled.",
    );
  const ou = parentOf(world, target)?.Id ?? ROOT_ID;
  const way = [...new Set([ROOT_ID, ou, target])];
  const levels = way.map((place) =>
    policies
      .filter(({ targets }) => targets.includes(place))
      .map(({ content }) => tagPolicyDocument.parse(JSON.parse(content))),
  );
  return json({
    EffectivePolicy: {
      PolicyType,
      TargetId: target,
      PolicyContent: JSON.stringify(effectivePolicy(levels)),
      LastUpdatedTimestamp: JOINED_AT,
    },
  });
}

const ERRORS: AwsService["errors"] = {
  throttle: failure(
    "TooManyRequestsException",
    "AWS Organizations can't complete your request because another request is already in progress. Try again later.",
  ),
  deny: ACCESS_DENIED,
  expire: failure("ExpiredTokenException", "The security token included in the request is expired"),
  expirePage: BAD_TOKEN,
  broken: failure(
    "ServiceException",
    "AWS Organizations can't complete your request because of an internal service error.",
    500,
  ),
  unknownCredentials: failure(
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
  ),
};
