import { limitFor, type RateLimit } from "./rate.ts";
import type { Service } from "./sdk/services.ts";

/** For services that publish no quota of their list calls: well below what their consoles send. */
const UNPUBLISHED = limitFor(10);

/** Requests a second that one account and Region may send to a service. */
export const LIMITS: Readonly<Record<Service, RateLimit>> = {
  /** GetResources: 15 a second, not adjustable (Tag Editor User Guide, quotas). */
  tagging: limitFor(15),
  /**
   * Search 5 a second, other calls 3 (Resource Explorer User Guide, quotas). Which of the two counts
   * ListResources is not documented: begin at the lower, let clean answers lead to the higher.
   */
  explorer: { initialPerSecond: 3, ceilingPerSecond: 5 },
  /** Unfiltered describe calls refill at 20 a second (EC2 API throttling). */
  ec2: limitFor(20),
  /** 600 a second per account and Region (IAM quotas); far more than we need. */
  sts: limitFor(100),
  /** Not documented. */
  s3: limitFor(20),
  /** Thousands a second and prefix (S3 User Guide, "Performance"). */
  s3Objects: limitFor(20),
  organizations: limitFor(5),
  /** Advanced queries publish no quota, and one aggregator answers for every account. */
  config: { initialPerSecond: 2, ceilingPerSecond: 10 },
  /** Not documented; each list calls the service's own API in turn. */
  cloudControl: limitFor(5),
  // Quotas of the calls we make, from each service's quota page.
  acm: limitFor(8),
  apiGateway: limitFor(10),
  bedrockAgent: limitFor(10),
  cloudTrail: limitFor(2),
  cloudWatch: limitFor(9),
  firehose: limitFor(5),
  kinesis: limitFor(5),
  kms: limitFor(100),
  lambda: limitFor(15),
  logs: limitFor(10),
  route53: limitFor(5),
  sns: limitFor(30),
  states: limitFor(5),
  apiGatewayV2: UNPUBLISHED,
  athena: UNPUBLISHED,
  autoScaling: UNPUBLISHED,
  backup: UNPUBLISHED,
  bedrock: UNPUBLISHED,
  cloudFront: UNPUBLISHED,
  codeBuild: UNPUBLISHED,
  codePipeline: UNPUBLISHED,
  cognito: UNPUBLISHED,
  cognitoIdentity: UNPUBLISHED,
  costExplorer: UNPUBLISHED,
  dynamoDb: UNPUBLISHED,
  ecr: UNPUBLISHED,
  ecs: UNPUBLISHED,
  efs: UNPUBLISHED,
  eks: UNPUBLISHED,
  elastiCache: UNPUBLISHED,
  elb: UNPUBLISHED,
  elbV2: UNPUBLISHED,
  emr: UNPUBLISHED,
  eventBridge: UNPUBLISHED,
  fsx: UNPUBLISHED,
  globalAccelerator: UNPUBLISHED,
  glue: UNPUBLISHED,
  iam: UNPUBLISHED,
  kafka: UNPUBLISHED,
  mq: UNPUBLISHED,
  openSearch: UNPUBLISHED,
  rds: UNPUBLISHED,
  redshift: UNPUBLISHED,
  redshiftServerless: UNPUBLISHED,
  sageMaker: UNPUBLISHED,
  secrets: UNPUBLISHED,
  sqs: UNPUBLISHED,
  ssm: UNPUBLISHED,
  workSpaces: UNPUBLISHED,
};
