import { z } from "zod";
import type { EstateGroup, EstateResource } from "../estate/types.ts";
import { issuePageToken, readPageToken, sliceOf, takePage } from "./paging.ts";
import { failure, json, type WireResult } from "./protocol.ts";
import { operation, readTarget, type AwsCall, type AwsService } from "./service.ts";

/**
 * AWS Config (2014-11-12): one aggregator of the whole organization in the management account, and a
 * recorder in every account and Region. https://docs.aws.amazon.com/config/latest/APIReference/
 */
export interface ConfigOptions {
  /** Default `off`: no aggregator, no recorder. */
  readonly state?: "on" | "off";
  /** `account region` of sources whose last update failed, or that are behind. */
  readonly failed?: readonly string[];
  readonly outdated?: readonly string[];
  /** `account region` of recorders that are stopped. */
  readonly stopped?: readonly string[];
  /** What the recorders record. Default: all supported types. */
  readonly types?: readonly string[];
  /** Types that Config does not record though its recorders are told to: it differs by Region. */
  readonly unavailable?: readonly string[];
}

export const CONFIG_AGGREGATOR = { name: "organization", region: "us-east-1" } as const;

/** Names of the estate's types in AWS Config. */
const NAMES: Readonly<Record<string, string>> = {
  "dynamodb:table": "AWS::DynamoDB::Table",
  "ec2:instance": "AWS::EC2::Instance",
  "ec2:volume": "AWS::EC2::Volume",
  "kms:key": "AWS::KMS::Key",
  "lambda:function": "AWS::Lambda::Function",
  "rds:db": "AWS::RDS::DBInstance",
  "s3:bucket": "AWS::S3::Bucket",
  "sns:topic": "AWS::SNS::Topic",
  "sqs:queue": "AWS::SQS::Queue",
};

const limit = z.int().min(0).max(100).default(0);
const selectInput = z.object({
  ConfigurationAggregatorName: z.string().regex(/^[\w-]{1,256}$/),
  Expression: z.string().min(1).max(4096),
  Limit: limit,
  NextToken: z.string().optional(),
});
const statusInput = z.object({
  ConfigurationAggregatorName: z.string().regex(/^[\w-]{1,256}$/),
  UpdateStatus: z.array(z.enum(["FAILED", "SUCCEEDED", "OUTDATED"])).optional(),
  Limit: limit,
  NextToken: z.string().optional(),
});
const anyInput = z.looseObject({});
const INVALID = "ValidationException";
const NO_AGGREGATOR = failure(
  "NoSuchConfigurationAggregatorException",
  "The configuration aggregator does not exist. Check the configuration aggregator name and try again.",
);
const BAD_TOKEN = failure("InvalidNextTokenException", "The nextToken provided is invalid");

export function createConfigService(options: ConfigOptions = {}): AwsService {
  return {
    protocol: "json",
    global: false,
    lists: new Set(["SelectAggregateResourceConfig"]),
    read: (request) => readTarget(request, "StarlingDoveService", "NextToken"),
    operations: {
      SelectAggregateResourceConfig: operation(selectInput, INVALID, (input, call) =>
        hasAggregator(options, input.ConfigurationAggregatorName, call)
          ? select(options, input, call)
          : NO_AGGREGATOR,
      ),
      DescribeConfigurationAggregatorSourcesStatus: operation(
        statusInput,
        INVALID,
        (input, call) =>
          hasAggregator(options, input.ConfigurationAggregatorName, call)
            ? sourcesStatus(options, input, call)
            : NO_AGGREGATOR,
      ),
      DescribeConfigurationRecorders: operation(anyInput, INVALID, (_input, call) =>
        json({ ConfigurationRecorders: options.state === "on" ? [recorder(options, call)] : [] }),
      ),
      DescribeConfigurationRecorderStatus: operation(anyInput, INVALID, (_input, call) =>
        json({
          ConfigurationRecordersStatus:
            options.state === "on" ? [recorderStatus(options, call)] : [],
        }),
      ),
    },
    errors: ERRORS,
  };
}

function hasAggregator(options: ConfigOptions, name: string, call: AwsCall): boolean {
  return (
    options.state === "on" &&
    name === CONFIG_AGGREGATOR.name &&
    call.region === CONFIG_AGGREGATOR.region &&
    call.account === call.world.managementAccount
  );
}

function recorder({ types }: ConfigOptions, { account }: AwsCall): object {
  return {
    name: "default",
    roleARN: `arn:aws:iam::${account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
    recordingGroup:
      types === undefined
        ? {
            allSupported: true,
            includeGlobalResourceTypes: false,
            resourceTypes: [],
            exclusionByResourceTypes: { resourceTypes: [] },
            recordingStrategy: { useOnly: "ALL_SUPPORTED_RESOURCE_TYPES" },
          }
        : {
            allSupported: false,
            includeGlobalResourceTypes: false,
            resourceTypes: types,
            recordingStrategy: { useOnly: "INCLUSION_BY_RESOURCE_TYPES" },
          },
    recordingMode: { recordingFrequency: "CONTINUOUS" },
  };
}

function recorderStatus({ stopped = [] }: ConfigOptions, { account, region }: AwsCall): object {
  const recording = !stopped.includes(`${account} ${region}`);
  return { name: "default", lastStartTime: 1_700_000_000, recording, lastStatus: "SUCCESS" };
}

function sourcesStatus(
  { failed = [], outdated = [] }: ConfigOptions,
  input: z.output<typeof statusInput>,
  { world }: AwsCall,
): WireResult {
  const all = world.accounts.flatMap(({ id }) =>
    world
      .regions(id)
      .filter(({ optInStatus }) => optInStatus !== "not-opted-in")
      .map(({ name }) => {
        const place = `${id} ${name}`;
        const isFailed = failed.includes(place);
        const late = outdated.includes(place) ? "OUTDATED" : "SUCCEEDED";
        return {
          SourceId: id,
          SourceType: "ACCOUNT",
          AwsRegion: name,
          LastUpdateStatus: isFailed ? "FAILED" : late,
          LastUpdateTime: 1_700_000_000,
          ...(isFailed ? { LastErrorCode: "NOT_AUTHORIZED" } : {}),
        };
      }),
  );
  const wanted = all.filter(
    ({ LastUpdateStatus }) =>
      input.UpdateStatus === undefined || input.UpdateStatus.some((s) => s === LastUpdateStatus),
  );
  const page = sliceOf(wanted, {
    list: "sources",
    token: input.NextToken,
    limit: input.Limit === 0 ? 100 : input.Limit,
  });
  if (page === undefined) return BAD_TOKEN;
  return json({
    AggregatedSourceStatusList: page.items,
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  });
}

/** `SELECT a, b WHERE c = 'x' AND d IN ('y', 'z')`: the part of advanced queries that an inventory needs. */
const EXPRESSION = /^SELECT ([\w, ]+) WHERE (.+)$/;
const CONDITION = /^(accountId|awsRegion|resourceType) (?:= ('[^']*')|IN \(([^)]*)\))$/;

interface Query {
  readonly columns: readonly string[];
  readonly conditions: ReadonlyMap<string, ReadonlySet<string>>;
}

function parseExpression(text: string): Query | undefined {
  const parts = EXPRESSION.exec(text);
  if (parts === null) return undefined;
  const conditions = new Map<string, ReadonlySet<string>>();
  for (const clause of (parts[2] ?? "").split(" AND ")) {
    const found = CONDITION.exec(clause);
    if (found === null) return undefined;
    const values = (found[2] ?? found[3] ?? "").split(",").map((v) => v.trim().slice(1, -1));
    conditions.set(found[1] ?? "", new Set(values));
  }
  return { columns: (parts[1] ?? "").split(",").map((name) => name.trim()), conditions };
}

function select(
  options: ConfigOptions,
  input: z.output<typeof selectInput>,
  call: AwsCall,
): WireResult {
  const query = parseExpression(input.Expression);
  if (query === undefined)
    return failure("InvalidExpressionException", "The syntax of the expression is invalid.");
  const from =
    input.NextToken === undefined ? undefined : readPageToken(input.Expression, input.NextToken);
  if (input.NextToken !== undefined && from === undefined) return BAD_TOKEN;
  const size = input.Limit === 0 ? 25 : input.Limit;
  const { resources, next } = takePage(call.world.estate, {
    groups: call.world.groups.filter((group) => matches(options, query, group)),
    from,
    limit: call.cutShort ? 1 : size,
  });
  return json({
    Results: resources.map((resource) => JSON.stringify(itemOf(resource, query.columns))),
    QueryInfo: { SelectFields: query.columns.map((Name) => ({ Name })) },
    ...(next === undefined ? {} : { NextToken: issuePageToken(input.Expression, next) }),
  });
}

function matches(
  { types, unavailable = [] }: ConfigOptions,
  { conditions }: Query,
  { account, region, type }: EstateGroup,
): boolean {
  const name = NAMES[type];
  if (name === undefined || unavailable.includes(name)) return false;
  if (types !== undefined && !types.includes(name)) return false;
  const row = new Map([
    ["accountId", account],
    ["awsRegion", region],
    ["resourceType", name],
  ]);
  return [...conditions].every(([column, values]) => values.has(row.get(column) ?? ""));
}

function itemOf(resource: EstateResource, columns: readonly string[]): object {
  const { id, account, region, type, tags, createdAt } = resource;
  const item: Readonly<Record<string, unknown>> = {
    accountId: account,
    awsRegion: region,
    resourceType: NAMES[type],
    arn: id,
    resourceId: id.split(/[:/]/).at(-1),
    resourceName: resource.name,
    resourceCreationTime: createdAt,
    tags: tags.map(({ key, value }) => ({ tag: `${key}=${value}`, key, value })),
  };
  return Object.fromEntries(columns.map((name) => [name, item[name]]));
}

const ERRORS: AwsService["errors"] = {
  throttle: failure("ThrottlingException", "Rate exceeded"),
  deny: failure(
    "AccessDeniedException",
    "User is not authorized to perform: config:SelectAggregateResourceConfig",
  ),
  expire: failure("ExpiredTokenException", "The security token included in the request is expired"),
  expirePage: BAD_TOKEN,
  broken: failure("InternalFailure", "The request processing has failed.", 500),
  unknownCredentials: failure(
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
  ),
};
