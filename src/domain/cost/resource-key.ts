import { resourceKey } from "../resource.ts";
import type { CostGroup } from "./cost-line.ts";

/**
 * AWS bills name some resources by bare id. What follows the account in the ARN of each id prefix of
 * Amazon EC2 (docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
 */
const EC2_ARN_KINDS: Readonly<Record<string, string>> = {
  i: "instance",
  vol: "volume",
  snap: "snapshot",
  nat: "natgateway",
  eni: "network-interface",
  eipalloc: "elastic-ip",
  vpce: "vpc-endpoint",
  vpn: "vpn-connection",
  tgw: "transit-gateway",
  "tgw-attach": "transit-gateway-attachment",
  ami: "image",
  vpc: "vpc",
};
/** Their ARNs name no account. */
const WITHOUT_ACCOUNT: ReadonlySet<string> = new Set(["snapshot", "image"]);
const EC2_ID = /^([a-z]+(?:-attach)?)-[0-9a-f]{8,17}$/;
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

type Billed = Pick<
  CostGroup,
  "cloud" | "account" | "region" | "service" | "resourceType" | "resourceId"
>;

/**
 * The id of a charge's resource in the form inventories hold it, to compare with `resourceKey`: ARNs for
 * AWS where the bill has a bare instance id or bucket name, lower case for Azure, as billed for GCP.
 * An id of an unknown form stays itself and matches nothing. Null when the bill names no resource.
 */
export function costResourceKey(group: Billed): string | null {
  const { cloud, resourceId } = group;
  if (resourceId === null || resourceId === "") return null;
  return cloud === "aws" ? awsKey(group, resourceId) : resourceKey(cloud, resourceId);
}

function awsKey(group: Billed, id: string): string {
  if (id.startsWith("arn:") || group.account === null) return id;
  const region = group.region ?? "";
  const partition = partitionOf(region);
  const kind = EC2_ARN_KINDS[EC2_ID.exec(id)?.[1] ?? ""];
  if (kind !== undefined) {
    const owner = WITHOUT_ACCOUNT.has(kind) ? "" : group.account;
    return `arn:${partition}:ec2:${region}:${owner}:${kind}/${id}`;
  }
  const ofS3 =
    group.resourceType === "s3:bucket" ||
    /\bS3\b|SimpleStorage|Simple Storage/.test(group.service ?? "");
  return ofS3 && BUCKET_NAME.test(id) ? `arn:${partition}:s3:::${id}` : id;
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
