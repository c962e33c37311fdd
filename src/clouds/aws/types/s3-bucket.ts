import type { Resource, TagSet } from "../../../domain/resource.ts";
import { forEachOf } from "../concurrent.ts";
import { sweepTags } from "../sweep.ts";
import { isRefusal } from "../tag-sources.ts";
import { type PlacedBucket, placedBuckets, unlessGone } from "../bucket-places.ts";
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

async function* listBuckets(request: ListRequest): AsyncGenerator<readonly Resource[]> {
  const byRegion = Map.groupBy(await placedBuckets(request), ({ region }) => region);
  for (const [region, group] of byRegion) {
    if (request.within !== undefined && !request.within.includes(region)) continue;
    yield await withTags(request, region, group);
  }
}

async function withTags(
  request: ListRequest,
  region: string,
  buckets: readonly PlacedBucket[],
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
