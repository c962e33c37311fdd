import { z } from "zod";
import type { Link } from "../../src/domain/links.ts";
import type { Estate, EstateResource } from "../estate/types.ts";
import { issuePageToken, readPageToken, takePage } from "./paging.ts";
import { element, failure, xml, type WireResult } from "./protocol.ts";
import { operation, readForm, type AwsCall, type AwsService } from "./service.ts";
import type { World } from "./world.ts";

/** EC2 (2016-11-15): the Regions of the account, and its instances with their tags. */
const INVALID_NEXT_TOKEN = failure("InvalidNextToken", "The specified NextToken is not valid.");

function envelope(operationName: string, content: string): WireResult {
  return xml(
    `<${operationName}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>sandbox</requestId>${content}</${operationName}Response>`,
  );
}

const formInput = z.record(z.string(), z.string());
type FormInput = z.output<typeof formInput>;

/** Values of a list parameter: `InstanceId.1`, `InstanceId.2`. */
function listParameter(input: FormInput, name: string): readonly string[] {
  return Object.entries(input).flatMap(([key, value]) =>
    key.startsWith(`${name}.`) ? [value] : [],
  );
}

function describeRegions(input: FormInput, { world, account }: AwsCall): WireResult {
  const asked = listParameter(input, "RegionName");
  const all = world.regions(account);
  const unknown = asked.find((name) => !all.some((region) => region.name === name));
  if (unknown !== undefined)
    return failure("InvalidParameterValue", `Invalid region provided. Region: ${unknown}`);
  const shown = all.filter(
    ({ name, optInStatus }) =>
      (input["AllRegions"] === "true" || optInStatus !== "not-opted-in") &&
      (asked.length === 0 || asked.includes(name)),
  );
  const items = shown.map(
    ({ name, optInStatus }) =>
      `<item>${element("regionName", name)}${element("regionEndpoint", `ec2.${name}.amazonaws.com`)}${element("optInStatus", optInStatus)}</item>`,
  );
  return envelope("DescribeRegions", `<regionInfo>${items.join("")}</regionInfo>`);
}

function describeInstances(input: FormInput, call: AwsCall): WireResult {
  if (Object.keys(input).some((key) => key.startsWith("Filter.")))
    return failure("UnsupportedOperation", "The sandbox does not support filters on instances.");
  const ids = listParameter(input, "InstanceId");
  if (ids.length > 0) return instancesById(ids, input, call);
  const limit = Number(input["MaxResults"] ?? 1000);
  if (!Number.isInteger(limit) || limit < 5 || limit > 1000)
    return failure(
      "InvalidParameterValue",
      "Value for parameter maxResults is invalid. Expecting a value between 5 and 1000.",
    );
  return listInstances(input["NextToken"] ?? "", limit, call);
}

function listInstances(token: string, limit: number, call: AwsCall): WireResult {
  const { world, account, region } = call;
  const list = `DescribeInstances ${account} ${region}`;
  const from = token === "" ? undefined : readPageToken(list, token);
  if (token !== "" && from === undefined) return INVALID_NEXT_TOKEN;
  const { resources, next } = takePage(world.estate, {
    groups: world.groupsIn(account, region).filter(({ type }) => type === "ec2:instance"),
    from,
    limit: call.cutShort ? 1 : limit,
  });
  return instancesAnswer(
    world,
    resources,
    next === undefined ? undefined : issuePageToken(list, next),
  );
}

function instancesById(ids: readonly string[], input: FormInput, call: AwsCall): WireResult {
  if (input["MaxResults"] !== undefined)
    return failure(
      "InvalidParameterCombination",
      "The parameter instancesSet cannot be used with the parameter maxResults",
    );
  const found = ids.map((id) => findInstance(call.world, call, id));
  const missing = ids.find((_, at) => found[at] === undefined);
  if (missing !== undefined)
    return failure("InvalidInstanceID.NotFound", `The instance ID '${missing}' does not exist`);
  return instancesAnswer(
    call.world,
    found.filter((resource) => resource !== undefined),
    undefined,
  );
}

function findInstance(
  { estate }: World,
  { account, region }: AwsCall,
  id: string,
): EstateResource | undefined {
  return estate.find("aws", `arn:aws:ec2:${region}:${account}:instance/${id}`);
}

function instancesAnswer(
  { estate }: World,
  resources: readonly EstateResource[],
  nextToken: string | undefined,
): WireResult {
  const next = nextToken === undefined ? "" : element("nextToken", nextToken);
  const items = resources.map((resource) => reservationOf(estate, resource)).join("");
  return envelope("DescribeInstances", `<reservationSet>${items}</reservationSet>${next}`);
}

function reservationOf(estate: Estate, resource: EstateResource): string {
  const { id, account, region, tags, createdAt } = resource;
  const instanceId = id.slice(id.lastIndexOf("/") + 1);
  const tagSet = tags
    .map(({ key, value }) => `<item>${element("key", key)}${element("value", value)}</item>`)
    .join("");
  return (
    `<item>${element("reservationId", `r-${instanceId.slice(2)}`)}${element("ownerId", account)}<groupSet/><instancesSet><item>` +
    element("instanceId", instanceId) +
    `<instanceState><code>16</code><name>running</name></instanceState>` +
    element("instanceType", "m7g.large") +
    element("launchTime", createdAt) +
    `<placement>${element("availabilityZone", `${region}a`)}<tenancy>default</tenancy></placement>` +
    networkOf(estate.linksOf(resource)) +
    // An untagged instance has no tag set at all.
    (tagSet === "" ? "" : `<tagSet>${tagSet}</tagSet>`) +
    `</item></instancesSet></item>`
  );
}

/** The network, subnet and security groups, as the reference of `Instance` spells them. */
function networkOf(links: readonly Link[]): string {
  const ids = (kind: Link["kind"]): readonly string[] =>
    links.flatMap((link) => (link.kind === kind ? [link.to] : []));
  const groups = ids("security_group").map((id) => `<item>${element("groupId", id)}</item>`);
  return (
    ids("subnet")
      .map((id) => element("subnetId", id))
      .join("") +
    ids("network")
      .map((id) => element("vpcId", id))
      .join("") +
    `<groupSet>${groups.join("")}</groupSet>`
  );
}

export const ec2Service: AwsService = {
  protocol: "ec2",
  global: false,
  lists: new Set(["DescribeInstances"]),
  read: readForm,
  operations: {
    DescribeRegions: operation(formInput, "InvalidParameterValue", describeRegions),
    DescribeInstances: operation(formInput, "InvalidParameterValue", describeInstances),
  },
  errors: {
    throttle: failure("RequestLimitExceeded", "Request limit exceeded.", 503),
    deny: failure(
      "UnauthorizedOperation",
      "You are not authorized to perform this operation. The caller is denied with an explicit deny in a service control policy",
      403,
    ),
    expire: failure("RequestExpired", "Request has expired."),
    expirePage: INVALID_NEXT_TOKEN,
    broken: failure("InternalError", "An internal error has occurred", 500),
    unknownCredentials: failure(
      "AuthFailure",
      "AWS was not able to validate the provided access credentials",
      401,
    ),
  },
};
