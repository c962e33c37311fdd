import type { Category } from "../../domain/resource-type.ts";
import { ec2Instance } from "./types/ec2-instance.ts";
import type { AwsTypeFacts, NativeType } from "./types/native-type.ts";
import { s3Bucket } from "./types/s3-bucket.ts";

/** Types that their own service lists for us. A new one is a file in `types/` and a line here. */
export const NATIVE_TYPES: readonly NativeType[] = [ec2Instance, s3Bucket];

interface Traits {
  readonly billable: boolean;
  readonly global?: boolean;
  /** Default: the id, cut to `service:resource`. Null: the tagging API does not cover the type. */
  readonly taggingFilter?: string | null;
}

const types = (category: Category, traits: Traits, ids: string): readonly AwsTypeFacts[] =>
  ids.split(" ").map((id) => ({
    cloud: "aws",
    id,
    category,
    billable: traits.billable,
    taggable: true,
    global: traits.global ?? false,
    taggingFilter: traits.taggingFilter === undefined ? defaultFilter(id) : traits.taggingFilter,
  }));

/**
 * Filters are spelled as in ARNs (GetResources, `ResourceTypeFilters`): `service:resource`, and only the
 * service where an ARN has no type segment, or one behind a slash.
 */
function defaultFilter(id: string): string {
  const [service = "", resource = ""] = id.split(":");
  const untyped = ["sns", "sqs", "codepipeline", "apigateway"].includes(service);
  return untyped ? service : `${service}:${resource.split("/")[0] ?? ""}`;
}

const BILLED: Traits = { billable: true };
const FREE: Traits = { billable: false };
/** The tagging API lists no IAM roles and users, nor Auto Scaling groups. */
const UNLISTED = { taggingFilter: null } as const;

/** Every AWS type this build knows by name. Ids are what `typeOfArn` makes of an ARN. */
export const AWS_RESOURCE_TYPES: readonly AwsTypeFacts[] = [
  ...NATIVE_TYPES.map(({ facts }) => facts),
  ...types("virtual_machine", BILLED, "workspaces:workspace"),
  ...types("virtual_machine", { ...FREE, ...UNLISTED }, "autoscaling:autoScalingGroup"),
  ...types("disk", BILLED, "ec2:volume ec2:snapshot ec2:image backup:backup-vault"),
  ...types("object_storage", BILLED, "elasticfilesystem:file-system fsx:file-system"),
  ...types(
    "database",
    BILLED,
    "rds:db rds:cluster rds:snapshot rds:cluster-snapshot dynamodb:table elasticache:cluster elasticache:replicationgroup es:domain redshift:cluster redshift-serverless:workgroup",
  ),
  ...types("function", BILLED, "lambda:function"),
  ...types("container", BILLED, "ecs:cluster ecs:service ecr:repository"),
  ...types("container", FREE, "ecs:task-definition"),
  ...types("kubernetes", BILLED, "eks:cluster eks:nodegroup"),
  ...types(
    "load_balancer",
    BILLED,
    "elasticloadbalancing:loadbalancer elasticloadbalancing:loadbalancer/app elasticloadbalancing:loadbalancer/net elasticloadbalancing:loadbalancer/gwy",
  ),
  ...types("load_balancer", FREE, "elasticloadbalancing:targetgroup"),
  ...types(
    "network",
    BILLED,
    "ec2:elastic-ip ec2:natgateway ec2:vpn-connection ec2:transit-gateway ec2:transit-gateway-attachment ec2:vpc-endpoint",
  ),
  ...types(
    "network",
    FREE,
    "ec2:vpc ec2:subnet ec2:security-group ec2:internet-gateway ec2:route-table ec2:network-interface",
  ),
  ...types("network", BILLED, "apigateway:restapis apigateway:apis"),
  ...types(
    "network",
    { ...BILLED, global: true },
    "cloudfront:distribution route53:hostedzone globalaccelerator:accelerator",
  ),
  ...types(
    "queue",
    BILLED,
    "sqs:queue sns:topic kinesis:stream firehose:deliverystream kafka:cluster mq:broker",
  ),
  ...types("queue", FREE, "events:rule events:event-bus"),
  ...types("secret", BILLED, "secretsmanager:secret"),
  ...types("secret", FREE, "ssm:parameter acm:certificate"),
  ...types("key", BILLED, "kms:key"),
  ...types(
    "ai_model",
    BILLED,
    "bedrock:custom-model bedrock:provisioned-model sagemaker:endpoint sagemaker:notebook-instance sagemaker:domain",
  ),
  ...types(
    "ai_model",
    FREE,
    "bedrock:agent bedrock:agent-alias bedrock:knowledge-base bedrock:guardrail sagemaker:model",
  ),
  ...types(
    "other",
    BILLED,
    "states:stateMachine cloudwatch:alarm logs:log-group glue:job glue:crawler elasticmapreduce:cluster cognito-idp:userpool codebuild:project codepipeline:pipeline",
  ),
  ...types("other", FREE, "athena:workgroup glue:database cognito-identity:identitypool"),
  ...types("other", { ...FREE, ...UNLISTED, global: true }, "iam:role iam:user"),
];

const BY_ID = new Map(AWS_RESOURCE_TYPES.map((facts) => [facts.id.toLowerCase(), facts]));

export function findType(id: string): AwsTypeFacts | undefined {
  return BY_ID.get(id.toLowerCase());
}
