import { z } from "zod";
import type { LoggedWrite } from "../../domain/change-log/last-actor.ts";

/** Tagging operations of services that do not call them TagResource and UntagResource. */
const OWN_NAMES: Readonly<Record<string, readonly string[]>> = {
  acm: ["AddTagsToCertificate", "RemoveTagsFromCertificate"],
  autoscaling: ["CreateOrUpdateTags", "DeleteTags"],
  ec2: ["CreateTags", "DeleteTags"],
  elasticache: ["AddTagsToResource", "RemoveTagsFromResource"],
  elasticfilesystem: ["TagResource", "UntagResource", "CreateTags", "DeleteTags"],
  elasticloadbalancing: ["AddTags", "RemoveTags"],
  elasticmapreduce: ["AddTags", "RemoveTags"],
  es: ["AddTags", "RemoveTags"],
  firehose: ["TagDeliveryStream", "UntagDeliveryStream"],
  iam: ["TagRole", "UntagRole", "TagUser", "UntagUser"],
  kinesis: ["AddTagsToStream", "RemoveTagsFromStream", "TagResource", "UntagResource"],
  // Lambda's events carry the version of its API.
  lambda: ["TagResource20170331v2", "UntagResource20170331v2"],
  logs: ["TagLogGroup", "UntagLogGroup", "TagResource", "UntagResource"],
  mq: ["CreateTags", "DeleteTags"],
  rds: ["AddTagsToResource", "RemoveTagsFromResource"],
  redshift: ["CreateTags", "DeleteTags"],
  route53: ["ChangeTagsForResource"],
  s3: ["PutBucketTagging", "DeleteBucketTagging", "TagResource", "UntagResource"],
  sagemaker: ["AddTags", "DeleteTags"],
  sqs: ["TagQueue", "UntagQueue"],
  ssm: ["AddTagsToResource", "RemoveTagsFromResource"],
  workspaces: ["CreateTags", "DeleteTags"],
};
const USUAL_NAMES = ["TagResource", "UntagResource"] as const;

/** The Resource Groups Tagging API tags resources of every service. */
const TAGGING_API_NAMES = ["TagResources", "UntagResources"] as const;

/** Names of the events that may have changed a resource's tags. */
export function tagEventNames(arn: string): readonly string[] {
  const service = arn.split(":")[2] ?? "";
  return [...(OWN_NAMES[service] ?? USUAL_NAMES), ...TAGGING_API_NAMES];
}

/** CloudTrail record contents (CloudTrail User Guide, "CloudTrail record contents"), as far as needed. */
const TrailRecord = z.object({
  eventTime: z.string(),
  eventSource: z.string(),
  eventName: z.string(),
  errorCode: z.string().optional(),
  userIdentity: z
    .object({
      arn: z.string().optional(),
      principalId: z.string().optional(),
      userName: z.string().optional(),
      invokedBy: z.string().optional(),
    })
    .catch({}),
  requestParameters: z.unknown(),
});

/** A recorded event and what it was about. */
export interface TrailWrite extends LoggedWrite {
  /** Was this resource among those that the request named? */
  touches(arn: string): boolean;
}

/** The event of a record; undefined for a request that failed, and for what cannot be read. */
export function parseTrailRecord(text: string): TrailWrite | undefined {
  const parsed = TrailRecord.safeParse(parsedJson(text));
  if (!parsed.success || parsed.data.errorCode !== undefined) return undefined;
  const { eventTime, eventSource, eventName, userIdentity, requestParameters } = parsed.data;
  const atMs = Date.parse(eventTime);
  const { arn, userName, principalId, invokedBy } = userIdentity;
  const actor = arn ?? userName ?? principalId ?? invokedBy;
  if (Number.isNaN(atMs) || actor === undefined) return undefined;
  const named = new Set(textsIn(requestParameters));
  return {
    atMs,
    actor,
    action: eventName,
    onlyTags: true,
    touches: (resource) => named.has(resource) || namesByItself(eventSource, named, resource),
  };
}

/** Services name their own resources by id or name; another service's must be named by ARN. */
function namesByItself(source: string, named: ReadonlySet<string>, arn: string): boolean {
  const [, , service, , , ...rest] = arn.split(":");
  if (source !== `${service}.amazonaws.com`) return false;
  const own = rest.join(":");
  return named.has(own) || named.has(own.replace(/^[^:/]+[:/]/, ""));
}

/** Every text of a request's parameters, but for the tags: a tag's value may equal a resource's name. */
function* textsIn(value: unknown, depth = 0): Generator<string> {
  if (typeof value === "string") yield lastOfUrl(value);
  if (typeof value !== "object" || value === null || depth > 6) return;
  for (const [key, inner] of Object.entries(value))
    if (!/^tag/i.test(key)) yield* textsIn(inner, depth + 1);
}

/** A queue is named by its URL, whose last part is its name. */
function lastOfUrl(text: string): string {
  return text.startsWith("https://") ? (text.split("/").at(-1) ?? text) : text;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
