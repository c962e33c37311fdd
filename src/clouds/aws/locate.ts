import type { Locate } from "../../ports/locate.ts";
import { parseArn, typeOf } from "./arn.ts";
import { AWS_RESOURCE_TYPES } from "./resource-types.ts";

const KNOWN = new Set(AWS_RESOURCE_TYPES.map(({ id }) => id));

/**
 * From the parts of an ARN. The Region is left open where the ARN has none: a global service, or a
 * bucket, which is in a Region that only S3 knows.
 */
export const locateArn: Locate = (id) => {
  const arn = parseArn(id);
  if (arn === undefined) return undefined;
  const type = typeOf(arn);
  return {
    account: arn.account === "" ? undefined : arn.account,
    region: arn.region === "" ? undefined : arn.region,
    types: KNOWN.has(type) ? [type] : [],
  };
};
