import { AppError } from "../../../domain/errors.ts";
import type { Resource, TagSet } from "../../../domain/resource.ts";
import { forEachOf } from "../concurrent.ts";
import type { BucketRow } from "../sdk/s3.ts";
import { sweepTags } from "../sweep.ts";
import { isRefusal } from "../tag-sources.ts";
import type { ListRequest, NativeType } from "./native-type.ts";

/**
 * S3 buckets. One ListBuckets gives those of all Regions, without tags; the tagging API of each
 * bucket's Region gives these, 100 buckets a call, and a bucket it does not list never had one.
 */
export const s3Bucket: NativeType = {
  facts: {
    cloud: "aws",
    id: "s3:bucket",
    category: "object_storage",
    billable: true,
    taggable: true,
    global: false,
    taggingFilter: "s3",
    readActions: [
      "s3:ListAllMyBuckets",
      "s3:GetBucketLocation",
      "s3:GetBucketTagging",
      "tag:GetResources",
    ],
    cloudFormation: "AWS::S3::Bucket",
    terraform: "aws_s3_bucket",
  },
  accountWide: true,
  list: listBuckets,
};

type Placed = BucketRow & { readonly region: string };

async function* listBuckets(request: ListRequest): AsyncGenerator<readonly Resource[]> {
  const buckets = await placeBuckets(request, await allBuckets(request));
  const byRegion = Map.groupBy(buckets, ({ region }) => region);
  for (const [region, group] of byRegion) {
    if (request.within !== undefined && !request.within.includes(region)) continue;
    yield await withTags(request, region, group);
  }
}

async function allBuckets({
  calls,
  account,
  region,
  signal,
}: ListRequest): Promise<readonly BucketRow[]> {
  const target = { service: "s3", account, region } as const;
  const buckets = new Map<string, BucketRow>();
  let token: string | undefined;
  do {
    const page = await calls.call(target, signal, (api, own) => api.listBuckets(token, own));
    for (const bucket of page.buckets) buckets.set(bucket.name, bucket);
    token = page.next;
  } while (token !== undefined);
  return [...buckets.values()];
}

/** Asks for the Region of buckets whose listing did not tell; a bucket deleted meanwhile is gone. */
async function placeBuckets(
  { calls, account, region, signal }: ListRequest,
  buckets: readonly BucketRow[],
): Promise<readonly Placed[]> {
  const target = { service: "s3", account, region } as const;
  const placed: Placed[] = [];
  await forEachOf(buckets, async (bucket) => {
    const place =
      bucket.region ??
      (await unlessGone(
        calls.call(target, signal, (api, own) => api.getBucketLocation(bucket.name, own)),
      ));
    if (place !== undefined) placed.push({ ...bucket, region: place });
  });
  return placed;
}

async function withTags(
  request: ListRequest,
  region: string,
  buckets: readonly Placed[],
): Promise<readonly Resource[]> {
  const { account, partition } = request;
  const arnOf = (name: string): string => `arn:${partition}:s3:::${name}`;
  const known = await tagsByArn(request, region);
  const resources: Resource[] = [];
  await forEachOf(buckets, async ({ name, createdAt }) => {
    const id = arnOf(name);
    const tags =
      known === undefined
        ? await bucketTags(request, region, name)
        : (known.get(id) ?? ([] satisfies TagSet));
    if (tags === undefined) return;
    // The tagging API lists a bucket without tags only where it had some.
    const had = known?.get(id)?.length === 0 ? ({ hadTags: true } as const) : {};
    resources.push({
      cloud: "aws",
      account,
      region,
      type: "s3:bucket",
      id,
      tags,
      createdAt,
      ...had,
    });
  });
  return resources;
}

/** Undefined when the tagging API cannot be used, so that each bucket has to be asked. */
async function tagsByArn(
  { calls, account, signal }: ListRequest,
  region: string,
): Promise<ReadonlyMap<string, TagSet> | undefined> {
  const tags = new Map<string, TagSet>();
  try {
    for await (const rows of sweepTags(calls, { account, region, filters: ["s3"] }, signal))
      for (const row of rows) tags.set(row.arn, row.tags);
    return tags;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Tags of one bucket; null when its policy keeps them from us, undefined when it is gone. */
async function bucketTags(
  { calls, account, signal }: ListRequest,
  region: string,
  name: string,
): Promise<TagSet | null | undefined> {
  const target = { service: "s3", account, region } as const;
  try {
    return await unlessGone(
      calls.call(target, signal, (api, own) => api.getBucketTagging(name, own)),
    );
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return undefined;
    throw error;
  }
}
