import { z } from "zod";
import type { EstateGroup, EstateResource } from "../estate/types.ts";
import { issuePageToken, readPageToken, takePage } from "./paging.ts";
import { failure, json, type WireResult } from "./protocol.ts";
import { operation, readTarget, type AwsCall, type AwsService } from "./service.ts";

/**
 * Cloud Control (2021-09-30) over the types of the estate that have no list of their own in the sandbox,
 * under the names below. https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/
 */
interface Handler {
  readonly type: string;
  /** Property of the primary identifier. */
  readonly identifier: string;
  /** Properties that a list gives: few types give all. */
  readonly lists: readonly string[];
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  // As its handler answers: the list has the identifier only, a read everything.
  "AWS::Logs::LogGroup": {
    type: "logs:log-group",
    identifier: "LogGroupName",
    lists: ["LogGroupName", "Arn"],
  },
  "AWS::SQS::Queue": { type: "sqs:queue", identifier: "QueueUrl", lists: ["QueueUrl"] },
  "AWS::SNS::Topic": { type: "sns:topic", identifier: "TopicArn", lists: ["TopicArn"] },
  "AWS::KMS::Key": { type: "kms:key", identifier: "KeyId", lists: ["KeyId"] },
};

/** Types that exist and of which the estate has none. */
const EMPTY: ReadonlySet<string> = new Set([
  "AWS::AppRunner::Service",
  "AWS::Batch::ComputeEnvironment",
  "AWS::Batch::JobQueue",
  "AWS::EC2::Host",
  "AWS::EC2::LaunchTemplate",
  "AWS::Transfer::Server",
]);

/** Types that are listed for a parent only, with what the parent is called. */
const OF_PARENT: Readonly<Record<string, string>> = {
  "AWS::EKS::Nodegroup": "ClusterName",
  "AWS::WAFv2::WebACL": "Scope",
};

const listInput = z.object({
  TypeName: z.string().regex(/^[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}$/),
  NextToken: z.string().optional(),
  MaxResults: z.int().min(1).max(100).optional(),
  ResourceModel: z.string().optional(),
});
const getInput = z.object({
  TypeName: z.string(),
  Identifier: z.string().min(1).max(1024),
});

/** A page of most handlers. */
const PAGE = 20;
const INVALID = "ValidationException";

export const cloudControlService: AwsService = {
  protocol: "json-1.0",
  global: false,
  lists: new Set(["ListResources"]),
  read: (request) => readTarget(request, "CloudApiService", "NextToken"),
  operations: {
    ListResources: operation(listInput, INVALID, listResources),
    GetResource: operation(getInput, INVALID, getResource),
  },
  errors: {
    throttle: failure("ThrottlingException", "Rate exceeded"),
    deny: failure(
      "com.amazon.coral.service#AccessDeniedException",
      "User is not authorized to perform: cloudformation:ListResources because no identity-based policy allows the cloudformation:ListResources action",
    ),
    expire: failure(
      "ExpiredTokenException",
      "The security token included in the request is expired",
    ),
    expirePage: failure("InvalidRequestException", "Invalid NextToken."),
    broken: failure("ServiceInternalErrorException", "Internal error.", 500),
    unknownCredentials: failure(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    ),
  },
};

function listResources(input: z.output<typeof listInput>, call: AwsCall): WireResult {
  const { TypeName, NextToken, ResourceModel } = input;
  const parent = OF_PARENT[TypeName];
  if (parent !== undefined && ResourceModel === undefined)
    return failure(
      "InvalidRequestException",
      `Missing or invalid ResourceModel property in ${TypeName} list handler request input. Required property:  (#: required key [${parent}] not found)`,
    );
  if (EMPTY.has(TypeName)) return json({ ResourceDescriptions: [], TypeName });
  const handler = HANDLERS[TypeName];
  if (handler === undefined)
    return failure("TypeNotFoundException", `The type '${TypeName}' cannot be found.`);
  const { world, account, region } = call;
  const list = `${TypeName} ${account} ${region}`;
  const from = NextToken === undefined ? undefined : readPageToken(list, NextToken);
  if (NextToken !== undefined && from === undefined) return cloudControlService.errors.expirePage;
  const { resources, next } = takePage(world.estate, {
    groups: groupsOf(handler, call),
    from,
    limit: call.cutShort ? 1 : PAGE,
  });
  return json({
    ResourceDescriptions: resources.map((resource) => described(resource, handler, handler.lists)),
    TypeName,
    ...(next === undefined ? {} : { NextToken: issuePageToken(list, next) }),
  });
}

function getResource(input: z.output<typeof getInput>, call: AwsCall): WireResult {
  const { TypeName, Identifier } = input;
  const handler = HANDLERS[TypeName];
  if (handler === undefined)
    return failure("TypeNotFoundException", `The type '${TypeName}' cannot be found.`);
  for (const group of groupsOf(handler, call))
    for (let index = 0; index < group.count; index += 1) {
      const resource = call.world.estate.resource(group, index);
      if (identifierOf(resource, handler) === Identifier)
        return json({ TypeName, ResourceDescription: described(resource, handler, undefined) });
    }
  return failure(
    "ResourceNotFoundException",
    `Resource of type '${TypeName}' with identifier '${Identifier}' was not found.`,
  );
}

function groupsOf({ type }: Handler, { world, account, region }: AwsCall): readonly EstateGroup[] {
  return world.groupsIn(account, region).filter((group) => group.type === type);
}

function propertiesOf(resource: EstateResource): Readonly<Record<string, unknown>> {
  const { id, account, region, tags } = resource;
  const name = id.split(/[:/]/).at(-1) ?? "";
  const Tags = tags.map(({ key, value }) => ({ Key: key, Value: value }));
  return {
    Arn: id,
    KeyId: name,
    LogGroupName: id.replace(/^.*:log-group:/, "").replace(/:\*$/, ""),
    QueueUrl: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    TopicArn: id,
    // A handler leaves an empty list out.
    ...(Tags.length === 0 ? {} : { Tags }),
  };
}

const IDENTIFIERS: ReadonlySet<string> = new Set(["KeyId", "LogGroupName", "QueueUrl", "TopicArn"]);

function identifierOf(resource: EstateResource, { identifier }: Handler): string {
  return String(propertiesOf(resource)[identifier]);
}

/** @param only Properties to give; undefined: all that the type has. */
function described(
  resource: EstateResource,
  handler: Handler,
  only: readonly string[] | undefined,
): object {
  const own = Object.entries(propertiesOf(resource)).filter(([name]) =>
    only === undefined
      ? name === handler.identifier || !IDENTIFIERS.has(name)
      : only.includes(name),
  );
  return {
    Identifier: identifierOf(resource, handler),
    Properties: JSON.stringify(Object.fromEntries(own)),
  };
}
