import { AppError } from "../../src/domain/errors.ts";
import type { FaultKind, SandboxCall } from "../faults.ts";
import { type LoopbackAnswer, type LoopbackRequest, serveLoopback } from "../loopback.ts";
import type { CloudServer, CloudServerOptions } from "../server.ts";
import {
  BASE_ACCESS_KEY_ID,
  callerOf,
  scopeOf,
  SECRET_ACCESS_KEY,
  type Scope,
} from "./credentials.ts";
import { cloudControlService } from "./cloud-control.ts";
import { type ConfigOptions, createConfigService } from "./config.ts";
import { createCloudTrailService } from "./cloudtrail.ts";
import { costExplorerService } from "./cost-explorer.ts";
import { ec2Service } from "./ec2.ts";
import { clustersOf, createEksService, type PlantedNodegroup } from "./eks.ts";
import { emptyServices } from "./empty-lists.ts";
import { createExplorerService, type ExplorerOptions } from "./explorer.ts";
import { tagPolicyDocument } from "./effective-policy.ts";
import { lambdaService } from "./lambda.ts";
import { createOrganizationsService } from "./organizations.ts";
import { failure, type Protocol, toAnswer, type WireResult } from "./protocol.ts";
import { snsService, sqsService } from "./queues.ts";
import { rdsService } from "./rds.ts";
import { createRedshiftServerlessService, type PlantedWorkgroup } from "./redshift-serverless.ts";
import { s3Service } from "./s3.ts";
import type { AwsService, Intent, ServiceErrors } from "./service.ts";
import { stsService } from "./sts.ts";
import type { TagPolicy } from "./tag-policy.ts";
import { taggingService } from "./tagging.ts";
import { createAuditTrail } from "../audit-trail.ts";
import { createTokenBuckets, type TokenBuckets } from "./token-bucket.ts";
import { createWorld, type World } from "./world.ts";

/** What the AWS server can do beyond what every simulated cloud can. */
export interface AwsOptions {
  readonly resourceExplorer?: ExplorerOptions;
  readonly config?: ConfigOptions;
  /** Default: one policy on the root. An empty list switches tag policies off. */
  readonly tagPolicies?: readonly TagPolicy[];
  /** Node groups beside the estate, of a type that Resource Explorer does not support. Default: none. */
  readonly nodegroups?: readonly PlantedNodegroup[];
  /** Workgroups of Redshift Serverless with their namespaces, beside the estate as well. Default: none. */
  readonly workgroups?: readonly PlantedWorkgroup[];
  /** Requests per second that each account, Region and service allows. Default: no limit. */
  readonly ratePerSecond?: number;
}

export interface AwsServerOptions extends CloudServerOptions, AwsOptions {}

interface Simulation {
  readonly options: AwsServerOptions;
  readonly world: World;
  readonly services: Readonly<Record<string, AwsService>>;
  readonly buckets: TokenBuckets | undefined;
}

/**
 * A simulated AWS on one loopback port: the SigV4 credential scope of a request says which service,
 * Region and account it is for, as `AWS_ENDPOINT_URL` sends all of them to one place.
 * @throws {AppError} `invalid_input` when a tag policy is not one that the simulation can merge.
 */
export async function startAws(options: AwsServerOptions): Promise<CloudServer> {
  checkTagPolicies(options.tagPolicies ?? []);
  const simulation: Simulation = {
    options,
    world: createWorld(options.estate),
    services: {
      ...emptyServices,
      tagging: taggingService,
      "resource-explorer-2": createExplorerService(
        options.resourceExplorer,
        clustersOf(options.nodegroups ?? []),
      ),
      sts: stsService,
      organizations: createOrganizationsService(options.tagPolicies),
      ce: costExplorerService,
      ec2: ec2Service,
      eks: createEksService(options.nodegroups),
      "redshift-serverless": createRedshiftServerlessService(options.workgroups),
      lambda: lambdaService,
      rds: rdsService,
      s3: s3Service,
      sns: snsService,
      sqs: sqsService,
      config: createConfigService(options.config),
      cloudcontrolapi: cloudControlService,
      cloudtrail: createCloudTrailService(options.audit ?? createAuditTrail(), Date.now),
    },
    buckets:
      options.ratePerSecond === undefined ? undefined : createTokenBuckets(options.ratePerSecond),
  };
  let answered = 0;
  const loopback = await serveLoopback({
    port: options.port,
    latencyMs: options.latencyMs,
    answer: (request) => {
      answered += 1;
      const id = `00000000-0000-4000-8000-${String(answered).padStart(12, "0")}`;
      return options.control?.(request) ?? answerOne(simulation, request, id);
    },
  });
  return {
    url: loopback.url,
    env: {
      AWS_ENDPOINT_URL: loopback.url,
      AWS_ACCESS_KEY_ID: BASE_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: SECRET_ACCESS_KEY,
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    close: () => loopback.close(),
  };
}

function checkTagPolicies(policies: readonly TagPolicy[]): void {
  for (const { id, content } of policies) {
    const parsed = tagPolicyDocument.safeParse(JSON.parse(content));
    if (!parsed.success)
      throw new AppError("invalid_input", "The simulation cannot merge a tag policy.", {
        hint: "Use tag_key, tag_value, enforced_for and report_required_tag_for with @@assign, @@append and @@remove.",
        details: { id },
        cause: parsed.error,
      });
  }
}

function answerOne(
  simulation: Simulation,
  request: LoopbackRequest,
  requestId: string,
): LoopbackAnswer | "silence" {
  const scope = scopeOf(request);
  if (scope === undefined)
    return toAnswer(
      "json",
      failure("MissingAuthenticationTokenException", "Missing Authentication Token", 403),
      requestId,
    );
  const service = simulation.services[scope.service];
  if (service === undefined)
    return toAnswer(
      "json",
      failure("UnknownOperationException", "The sandbox does not simulate this service.", 404),
      requestId,
    );
  const result = resultOf(simulation, { request, scope, service });
  return result === "silence" ? result : toAnswer(service.protocol, result, requestId);
}

function resultOf(
  simulation: Simulation,
  {
    request,
    scope,
    service,
  }: {
    readonly request: LoopbackRequest;
    readonly scope: Scope;
    readonly service: AwsService;
  },
): WireResult | "silence" {
  const intent = service.read(request);
  const run = intent === undefined ? undefined : service.operations[intent.operation];
  if (intent === undefined || run === undefined) return unknownOperation(service);
  const caller = callerOf(simulation.world, scope, request);
  const call = {
    cloud: "aws",
    service: scope.service,
    operation: intent.operation,
    account: caller?.account ?? "",
    region: scope.region,
  } as const;
  simulation.options.onCall?.(call);
  if (caller === undefined) return service.errors.unknownCredentials;
  const { fault, refusal } = obstacle(simulation, { call, service, intent });
  return (
    refusal ??
    run({ ...intent, ...call, world: simulation.world, caller, cutShort: fault === "partial" })
  );
}

/** What keeps a known caller from an answer: a Region that is off, a planned fault, the rate. */
function obstacle(
  { options, world, buckets }: Simulation,
  {
    call,
    service,
    intent,
  }: {
    readonly call: SandboxCall;
    readonly service: AwsService;
    readonly intent: Intent;
  },
): {
  readonly fault?: FaultKind | undefined;
  readonly refusal?: WireResult | "silence" | undefined;
} {
  const { account, region } = call;
  if (!service.global && !world.isEnabled(account, region))
    return { refusal: service.errors.unknownCredentials };
  const fault = options.faults.decide(call);
  const refusal = fault === undefined ? undefined : refusalOf(service, fault, intent);
  if (refusal !== undefined) return { fault, refusal };
  const granted = buckets?.take(`${account} ${region} ${call.service}`) ?? true;
  return granted ? { fault } : { refusal: service.errors.throttle };
}

function unknownOperation({ protocol }: AwsService): WireResult {
  const [code, status] = UNKNOWN_OPERATION[protocol];
  return failure(code, "The sandbox does not simulate this operation.", status);
}

const UNKNOWN_OPERATION: Readonly<Record<Protocol, readonly [code: string, status: number]>> = {
  json: ["UnknownOperationException", 400],
  "json-1.0": ["UnknownOperationException", 400],
  "rest-json": ["UnknownOperationException", 404],
  query: ["InvalidAction", 400],
  ec2: ["InvalidAction", 400],
  "rest-xml": ["NotImplemented", 501],
};

/** The answer that a fault puts in place of the real one; undefined where the first page gets through. */
function refusalOf(
  { errors, lists }: AwsService,
  kind: FaultKind,
  { operation, laterPage }: Intent,
): WireResult | "silence" | undefined {
  const answers = {
    throttle: errors.throttle,
    deny: errors.deny,
    expire: laterPage ? errors.expirePage : errors.expire,
    hang: "silence",
    partial: laterPage || !lists.has(operation) ? errors.broken : undefined,
  } satisfies Record<FaultKind, ServiceErrors[keyof ServiceErrors] | "silence" | undefined>;
  return answers[kind];
}
