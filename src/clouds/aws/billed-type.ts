import { typeOfArn } from "./arn.ts";
import { AWS_RESOURCE_TYPES } from "./resource-types.ts";

const KNOWN: ReadonlySet<string> = new Set(AWS_RESOURCE_TYPES.map(({ id }) => id));

/** Ids that EC2 is billed under, without the rest of an ARN (Cost and Usage Report, `lineItem/ResourceId`). */
const EC2_IDS: Readonly<Record<string, string>> = {
  i: "ec2:instance",
  vol: "ec2:volume",
  snap: "ec2:snapshot",
  nat: "ec2:natgateway",
  eipalloc: "ec2:elastic-ip",
  vpce: "ec2:vpc-endpoint",
  tgw: "ec2:transit-gateway",
  "tgw-attach": "ec2:transit-gateway-attachment",
};
const EC2_ID = /^([a-z]+(?:-[a-z]+)?)-[\da-f]{8,17}$/;

const S3_SERVICE = /^(?:AmazonS3|Amazon Simple Storage Service)$/;

/** Native type of a billed resource; null where its id does not say, or the type is not one we know. */
export function awsBilledType(resourceId: string, service: string | null): string | null {
  const found = typeOfId(resourceId, service ?? "");
  return found !== undefined && KNOWN.has(found) ? found : null;
}

function typeOfId(id: string, service: string): string | undefined {
  if (id.startsWith("arn:")) return typeOfArn(id);
  const prefix = EC2_ID.exec(id)?.[1];
  if (prefix !== undefined && EC2_IDS[prefix] !== undefined) return EC2_IDS[prefix];
  // S3 is billed by the bucket's name.
  return S3_SERVICE.test(service) ? "s3:bucket" : undefined;
}
