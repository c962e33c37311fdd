import type { EstateResource } from "../estate/types.ts";
import type { LoopbackRequest } from "../loopback.ts";
import { z } from "zod";
import { sliceOf } from "./paging.ts";
import { element, failure, xml, type WireResult } from "./protocol.ts";
import { operation, type AwsCall, type AwsService, type Intent } from "./service.ts";

/** S3 (2006-03-01): an account's buckets, and of one bucket its Region and its tags. */
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const WRONG_TOKEN = failure("InvalidArgument", "The continuation token provided is incorrect");

/** Bucket operations are told apart by a query parameter without a value. */
const BUCKET_OPERATIONS: readonly (readonly [parameter: string, operation: string])[] = [
  ["tagging", "GetBucketTagging"],
  ["location", "GetBucketLocation"],
];

function read(request: LoopbackRequest): Intent | undefined {
  const { url } = request;
  const parameters = url.searchParams;
  if (request.method !== "GET") return undefined;
  const bucket = bucketIn(url);
  const input = { ...Object.fromEntries(parameters), bucket };
  const laterPage = (parameters.get("continuation-token") ?? "") !== "";
  if (bucket === "") return { operation: "ListBuckets", input, laterPage };
  const found = BUCKET_OPERATIONS.find(([parameter]) => parameters.has(parameter));
  return found === undefined ? undefined : { operation: found[1], input, laterPage };
}

/** Path style (`/bucket`), or virtual-host style (`bucket.localhost`). */
function bucketIn(url: URL): string {
  const host = /^(.+)\.localhost$/.exec(url.hostname)?.[1];
  return host ?? decodeURIComponent(url.pathname.split("/")[1] ?? "");
}

const listBucketsInput = z.object({
  "max-buckets": z.coerce.number().int().min(1).max(10_000).default(10_000),
  "continuation-token": z.string().optional(),
  "bucket-region": z.string().optional(),
  prefix: z.string().default(""),
});

/** All buckets of the account, whatever the Region of the endpoint, in the order of their names. */
function listBuckets(input: z.output<typeof listBucketsInput>, call: AwsCall): WireResult {
  const { world, account, cutShort } = call;
  const region = input["bucket-region"];
  const buckets = bucketsOf(call)
    .filter(
      (bucket) =>
        (region === undefined || bucket.region === region) && bucket.name.startsWith(input.prefix),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const page = sliceOf(buckets, {
    list: `ListBuckets ${account} ${region ?? ""} ${input.prefix}`,
    token: input["continuation-token"],
    limit: cutShort ? 1 : input["max-buckets"],
  });
  if (page === undefined) return WRONG_TOKEN;
  const items = page.items.map(
    ({ id, name, region: home, createdAt }) =>
      `<Bucket>${element("Name", name)}${element("CreationDate", createdAt)}${element("BucketRegion", home)}${element("BucketArn", id)}</Bucket>`,
  );
  const owner = `<Owner>${element("ID", `${world.managementAccount}${account}`)}</Owner>`;
  const next = page.next === undefined ? "" : element("ContinuationToken", page.next);
  return xml(
    `<ListAllMyBucketsResult ${NAMESPACE}>${owner}<Buckets>${items.join("")}</Buckets>${next}</ListAllMyBucketsResult>`,
  );
}

function bucketsOf({ world, account }: AwsCall): readonly EstateResource[] {
  return world
    .groupsOf(account)
    .filter(({ type }) => type === "s3:bucket")
    .flatMap((group) =>
      Array.from({ length: group.count }, (_, index) => world.estate.resource(group, index)),
    );
}

const bucketInput = z.object({ bucket: z.string().min(1) });

/** Runs `answer` on a bucket that exists and belongs to the caller. */
function onBucket(answer: (bucket: EstateResource, call: AwsCall) => WireResult) {
  return operation(bucketInput, "InvalidBucketName", ({ bucket: name }, call) => {
    const bucket = call.world.estate.find("aws", `arn:aws:s3:::${name}`);
    if (bucket === undefined)
      return {
        ...failure("NoSuchBucket", "The specified bucket does not exist", 404),
        members: { BucketName: name },
      };
    if (bucket.account !== call.account) return failure("AccessDenied", "Access Denied", 403);
    return answer(bucket, call);
  });
}

function bucketTagging(bucket: EstateResource, { region }: AwsCall): WireResult {
  if (region !== bucket.region)
    return {
      ...failure(
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
        301,
      ),
      members: { Bucket: bucket.name },
      headers: { "x-amz-bucket-region": bucket.region },
    };
  if (bucket.tags.length === 0)
    return {
      ...failure("NoSuchTagSet", "The TagSet does not exist", 404),
      members: { BucketName: bucket.name },
    };
  const tags = bucket.tags.map(
    ({ key, value }) => `<Tag>${element("Key", key)}${element("Value", value)}</Tag>`,
  );
  return xml(`<Tagging ${NAMESPACE}><TagSet>${tags.join("")}</TagSet></Tagging>`);
}

/** Buckets of us-east-1 have no location constraint, for historical reasons. */
function bucketLocation({ region }: EstateResource): WireResult {
  return xml(
    region === "us-east-1"
      ? `<LocationConstraint ${NAMESPACE}/>`
      : `<LocationConstraint ${NAMESPACE}>${region}</LocationConstraint>`,
  );
}

export const s3Service: AwsService = {
  protocol: "rest-xml",
  global: false,
  lists: new Set(["ListBuckets"]),
  read,
  operations: {
    ListBuckets: operation(listBucketsInput, "InvalidArgument", listBuckets),
    GetBucketTagging: onBucket(bucketTagging),
    GetBucketLocation: onBucket(bucketLocation),
  },
  errors: {
    throttle: failure("SlowDown", "Please reduce your request rate.", 503),
    deny: failure("AccessDenied", "Access Denied", 403),
    expire: failure("ExpiredToken", "The provided token has expired."),
    expirePage: WRONG_TOKEN,
    broken: failure("InternalError", "We encountered an internal error. Please try again.", 500),
    unknownCredentials: failure(
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
      403,
    ),
  },
};
