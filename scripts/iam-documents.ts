import { CLOUD_CONTROL_TYPES } from "../src/clouds/aws/cloud-control-types.ts";
import { NATIVE_TYPES } from "../src/clouds/aws/resource-types.ts";

/** Name of the role in each account; `clouds.aws.roleName` must name the one you made. */
const MEMBER_ROLE = "tag-compliance-reader";

interface Statement<Sid extends string = string> {
  readonly Sid: Sid;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string;
}

/** What a scan asks before it reads a single resource. */
export const FOUNDATION = [
  allow("FindRegionsAndAccounts", [
    "ec2:DescribeRegions",
    "organizations:ListAccounts",
    "sts:GetCallerIdentity",
  ]),
  allow("ReadTags", ["tag:GetResources"]),
  // Resource Explorer documents `Search` as the permission of ListResources.
  allow("UseResourceExplorer", [
    "resource-explorer-2:GetDefaultView",
    "resource-explorer-2:GetView",
    "resource-explorer-2:ListIndexes",
    "resource-explorer-2:ListResources",
    "resource-explorer-2:ListSupportedResourceTypes",
    "resource-explorer-2:Search",
  ]),
  // Used only where clouds.aws.config_aggregator names one.
  allow("UseConfigAggregator", [
    "config:DescribeConfigurationAggregatorSourcesStatus",
    "config:DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorderStatus",
    "config:SelectAggregateResourceConfig",
  ]),
  // Cloud Control, for types that a question names; each needs its service's own actions besides.
  allow("ListNamedTypes", ["cloudformation:GetResource", "cloudformation:ListResources"]),
  // Used only where change_log.aws is on.
  allow("TellWhoChangedTags", ["cloudtrail:LookupEvents"]),
  // Only the payer sees every account, and which keys are active. 0.01 USD a request.
  allow("ReadCosts", [
    "ce:GetCostAndUsage",
    "ce:ListCostAllocationTagBackfillHistory",
    "ce:ListCostAllocationTags",
  ]),
  allow("ReadTagPolicies", [
    "organizations:DescribeEffectivePolicy",
    "organizations:DescribePolicy",
    "organizations:ListParents",
    "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget",
  ]),
] as const satisfies readonly Statement[];
export type FoundationSid = (typeof FOUNDATION)[number]["Sid"];

/** Everything that the program reads in an account; attach it to the role of every account. */
export function readPolicy(): string {
  const actions = NATIVE_TYPES.flatMap(({ facts }) => facts.readActions);
  const known = new Set<string>(FOUNDATION.flatMap(({ Action }) => Action));
  return document([
    ...FOUNDATION,
    allow(
      "ListResources",
      [...new Set(actions)].filter((action) => !known.has(action)),
    ),
  ]);
}

/** For the identity that the program runs as, beside the policy above: assuming the other accounts' roles. */
export function assumePolicy(): string {
  return document([
    allow("ReadOtherAccounts", ["sts:AssumeRole"], `arn:aws:iam::*:role/${MEMBER_ROLE}`),
  ]);
}

/** For types that Cloud Control lists when a question names them: what it calls in their services. */
export function longTailPolicy(): string {
  return document(
    CLOUD_CONTROL_TYPES.map(({ facts }) => allow(sidOf(facts.id), facts.readActions)),
  );
}

/** One statement a type, to build a smaller policy from; too long to attach as a whole. */
export function readPolicyByType(): string {
  return document(NATIVE_TYPES.map(({ facts }) => allow(sidOf(facts.id), facts.readActions)));
}

function allow<Sid extends string>(
  Sid: Sid,
  actions: readonly string[],
  Resource = "*",
): Statement<Sid> {
  return { Sid, Effect: "Allow", Action: actions.toSorted(), Resource };
}

/** Sids hold letters and digits only. */
function sidOf(id: string): string {
  return id
    .split(/[^A-Za-z\d]+/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join("");
}

function document(Statement: readonly Statement[]): string {
  return `${JSON.stringify({ Version: "2012-10-17", Statement }, null, 2)}\n`;
}
