import type { Category } from "../../domain/resource-type.ts";
import { listByCloudControl } from "./cloud-control-cell.ts";
import type { Place } from "./listed-type.ts";
import type { NativeType, NativeTypeFacts } from "./types/native-type.ts";

/** A type of the long tail: known by its ARN, listed by Cloud Control. */
export interface CloudControlType {
  readonly id: string;
  readonly cloudFormation: string;
  readonly category: Category;
  readonly billable: boolean;
  /** What Cloud Control calls in its service on our behalf; IAM asks for these too. */
  readonly handlerActions: readonly string[];
  /** The ARN from the primary identifier, where the properties of a list have none. */
  readonly arn?: (identifier: string, place: Place) => string;
}

const OWN_ACTIONS = ["cloudformation:ListResources", "cloudformation:GetResource"];

export function cloudControlType(type: CloudControlType): NativeType {
  const { id, cloudFormation, category, billable, handlerActions } = type;
  const facts: NativeTypeFacts = {
    cloud: "aws",
    id,
    category,
    billable,
    taggable: true,
    global: false,
    taggingFilter: id,
    readActions: [...OWN_ACTIONS, ...handlerActions, "tag:GetResources"],
    cloudFormation,
  };
  const described = { id, typeName: cloudFormation, coveredByTaggingApi: true, arn: type.arn };
  return {
    facts,
    accountWide: false,
    list: (request) => listByCloudControl(described, request),
  };
}

/** Services without Regions, whose types one Region lists for all. */
const WITHOUT_REGIONS: ReadonlySet<string> = new Set([
  "CloudFront",
  "GlobalAccelerator",
  "IAM",
  "Organizations",
  "Route53",
]);

/** A type of which no more is known than its CloudFormation name. */
export function namedType(cloudFormation: string): NativeType {
  const facts: NativeTypeFacts = {
    cloud: "aws",
    id: cloudFormation,
    category: "other",
    billable: false,
    taggable: true,
    global: WITHOUT_REGIONS.has(cloudFormation.split("::")[1] ?? ""),
    taggingFilter: null,
    readActions: OWN_ACTIONS,
    cloudFormation,
  };
  const described = {
    id: cloudFormation,
    typeName: cloudFormation,
    coveredByTaggingApi: false,
    arn: undefined,
  };
  return {
    facts,
    accountWide: false,
    list: (request) => listByCloudControl(described, request),
  };
}
