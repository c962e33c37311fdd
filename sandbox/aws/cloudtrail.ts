import { createHash } from "node:crypto";
import { z } from "zod";
import type { AuditEvent, AuditTrail } from "../audit-trail.ts";
import { failure, json, type WireResult } from "./protocol.ts";
import { operation, readTarget, type AwsCall, type AwsService } from "./service.ts";

/** CloudTrail (2013-11-01): the event history of 90 days, of one account and Region. */
const MOST = 50;

const lookupInput = z.object({
  LookupAttributes: z
    .array(
      z.object({
        AttributeKey: z.enum([
          "EventId",
          "EventName",
          "ReadOnly",
          "Username",
          "ResourceType",
          "ResourceName",
          "EventSource",
          "AccessKeyId",
        ]),
        AttributeValue: z.string(),
      }),
    )
    .max(1)
    .default([]),
  StartTime: z.number().optional(),
  EndTime: z.number().optional(),
  MaxResults: z.int().min(1).max(MOST).default(MOST),
  NextToken: z.string().optional(),
});

/** @param now Epoch milliseconds. */
export function createCloudTrailService(trail: AuditTrail, now: () => number): AwsService {
  return {
    protocol: "json",
    global: false,
    lists: new Set(["LookupEvents"]),
    read: (request) => readTarget(request, "CloudTrail_20131101", "NextToken"),
    operations: {
      LookupEvents: operation(lookupInput, "InvalidLookupAttributesException", (input, call) =>
        lookupEvents(trail, input, { ...call, nowMs: now() }),
      ),
    },
    errors: {
      throttle: failure("ThrottlingException", "Rate exceeded"),
      deny: failure(
        "AccessDeniedException",
        "User is not authorized to perform: cloudtrail:LookupEvents because no identity-based policy allows the cloudtrail:LookupEvents action",
      ),
      expire: failure(
        "ExpiredTokenException",
        "The security token included in the request is expired",
      ),
      expirePage: failure("InvalidNextTokenException", "Invalid token."),
      broken: failure("InternalFailure", "The request processing has failed.", 500),
      unknownCredentials: failure(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      ),
    },
  };
}

const RETENTION_MS = 90 * 86_400_000;

function lookupEvents(
  trail: AuditTrail,
  input: z.output<typeof lookupInput>,
  { account, region, cutShort, nowMs }: AwsCall & { readonly nowMs: number },
): WireResult {
  const { StartTime = 0, EndTime = nowMs / 1000, NextToken = "", LookupAttributes } = input;
  if (StartTime > EndTime)
    return failure("InvalidTimeRangeException", "Start time must be before end time.");
  const [wanted] = LookupAttributes;
  const found = trail
    .of("aws")
    .filter(
      (event) => event.account === account && (event.region === region || isGlobal(event, region)),
    )
    .filter(({ atMs }) => atMs >= nowMs - RETENTION_MS)
    .filter(
      ({ atMs }) => Math.floor(atMs / 1000) >= Math.floor(StartTime) && atMs / 1000 <= EndTime,
    )
    .filter(
      (event) =>
        wanted === undefined || attributeOf(event, wanted.AttributeKey) === wanted.AttributeValue,
    );
  const from = Number(NextToken === "" ? 0 : Buffer.from(NextToken, "base64url").toString());
  if (!Number.isInteger(from)) return failure("InvalidNextTokenException", "Invalid token.");
  const until = from + (cutShort ? 1 : input.MaxResults);
  const more = cutShort || until < found.length;
  return json({
    Events: found.slice(from, until).map(toWire),
    ...(more ? { NextToken: Buffer.from(String(until)).toString("base64url") } : {}),
  });
}

/** Services without Regions are logged in one. */
function isGlobal(event: AuditEvent, region: string): boolean {
  return event.region === "global" && region === "us-east-1";
}

function attributeOf(event: AuditEvent, key: string): string | undefined {
  const values: Readonly<Record<string, string>> = {
    EventId: idOf(event),
    EventName: event.action,
    ReadOnly: "false",
    Username: nameOf(event.actor),
    ResourceName: nameOf(event.resourceId),
    EventSource: sourceOf(event),
  };
  return values[key];
}

function toWire(event: AuditEvent): object {
  const seconds = Math.floor(event.atMs / 1000);
  const record = {
    eventVersion: "1.09",
    userIdentity: {
      type: event.actor.includes(":assumed-role/") ? "AssumedRole" : "IAMUser",
      principalId: "AROASANDBOX:session",
      arn: event.actor,
      accountId: event.account,
    },
    eventTime: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`,
    eventSource: sourceOf(event),
    eventName: event.action,
    awsRegion: event.region === "global" ? "us-east-1" : event.region,
    sourceIPAddress: "203.0.113.7",
    userAgent: "aws-cli/2.31.0",
    requestParameters: parametersOf(event),
    responseElements: null,
    eventID: idOf(event),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: event.account,
    eventCategory: "Management",
    ...(event.failed === true
      ? { errorCode: "AccessDenied", errorMessage: "Not authorized." }
      : {}),
  };
  return {
    EventId: record.eventID,
    EventName: event.action,
    ReadOnly: "false",
    EventTime: seconds,
    EventSource: record.eventSource,
    Username: nameOf(event.actor),
    Resources: [],
    CloudTrailEvent: JSON.stringify(record),
  };
}

/** Each API names what it tags in its own way (the services' API references). */
function parametersOf({ action, resourceId }: AuditEvent): object {
  const tags = { CostCenter: "Engineering" };
  const short = nameOf(resourceId);
  switch (action) {
    case "TagResources":
    case "UntagResources":
      return { resourceARNList: [resourceId], tags };
    case "CreateTags":
    case "DeleteTags":
      return {
        resourcesSet: { items: [{ resourceId: short }] },
        tagSet: { items: [{ key: "CostCenter", value: "Engineering" }] },
      };
    case "PutBucketTagging":
    case "DeleteBucketTagging":
      return { bucketName: short, Host: "s3.amazonaws.com", tagging: "" };
    case "AddTagsToResource":
    case "RemoveTagsFromResource":
      return { resourceName: resourceId, tags: [{ key: "CostCenter", value: "Engineering" }] };
    default:
      return { resource: resourceId, tags };
  }
}

function sourceOf({ action, resourceId }: AuditEvent): string {
  const byTaggingApi = action === "TagResources" || action === "UntagResources";
  return `${byTaggingApi ? "tagging" : resourceId.split(":")[2]}.amazonaws.com`;
}

function nameOf(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
}

function idOf({ resourceId, atMs, actor }: AuditEvent): string {
  const hex = createHash("sha256").update(`${resourceId} ${atMs} ${actor}`).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}
