import { AppError } from "../../domain/errors.ts";
import { forEachOf } from "./concurrent.ts";
import { regionsOfPartition } from "./region-names.ts";
import type { BucketRow } from "./sdk/s3.ts";
import type { ListRequest } from "./types/native-type.ts";

export type PlacedBucket = BucketRow & { readonly region: string };

/**
 * Every bucket of the account with its Region. S3 names it in the list; where an endpoint does not, the
 * list is asked for Region by Region, and for what is left each bucket.
 */
export async function placedBuckets(request: ListRequest): Promise<readonly PlacedBucket[]> {
  const all = await listBuckets(request);
  const unplaced = new Map(
    all.flatMap((bucket) => (bucket.region === undefined ? [[bucket.name, bucket]] : [])),
  );
  const named = all.flatMap((bucket) =>
    bucket.region === undefined ? [] : [{ ...bucket, region: bucket.region }],
  );
  const found = await placeByRegion(request, unplaced);
  return [...named, ...found, ...(await placeOneByOne(request, [...unplaced.values()]))];
}

async function listBuckets(
  { calls, account, region, signal }: ListRequest,
  only?: string,
): Promise<readonly BucketRow[]> {
  const target = { service: "s3", account, region } as const;
  const buckets = new Map<string, BucketRow>();
  let token: string | undefined;
  do {
    const ask = { token, ...(only === undefined ? {} : { region: only }) };
    const page = await calls.call(target, signal, (api, own) => api.listBuckets(ask, own));
    for (const bucket of page.buckets) buckets.set(bucket.name, bucket);
    token = page.next;
  } while (token !== undefined);
  return [...buckets.values()];
}

/**
 * Takes the buckets it places out of `unplaced`. An endpoint that does not heed the Region gives the same
 * bucket for two of them: then nothing it said is believed.
 */
async function placeByRegion(
  request: ListRequest,
  unplaced: Map<string, BucketRow>,
): Promise<readonly PlacedBucket[]> {
  const placed = new Map<string, PlacedBucket>();
  let asked = 0;
  for (const region of regionsToTry(request)) {
    // The second Region is asked even when the first had everything: that proves the first.
    if (unplaced.size - placed.size === 0 && asked !== 1) break;
    if (asked === 0 && unplaced.size <= 2) break;
    asked += 1;
    for (const bucket of await listBuckets(request, region)) {
      if (placed.has(bucket.name)) return [];
      if (unplaced.has(bucket.name)) placed.set(bucket.name, { ...bucket, region });
    }
  }
  for (const name of placed.keys()) unplaced.delete(name);
  return [...placed.values()];
}

/** Home first, then those that are always on. */
function regionsToTry({ partition, region: home }: ListRequest): readonly string[] {
  const known = regionsOfPartition(partition).toSorted(
    (a, b) =>
      Number(b.name === home) - Number(a.name === home) || Number(a.optIn) - Number(b.optIn),
  );
  return known.map(({ name }) => name);
}

/** A bucket deleted meanwhile is gone. */
async function placeOneByOne(
  { calls, account, region, signal }: ListRequest,
  buckets: readonly BucketRow[],
): Promise<readonly PlacedBucket[]> {
  const target = { service: "s3", account, region } as const;
  const placed: PlacedBucket[] = [];
  await forEachOf(buckets, async (bucket) => {
    const place = await unlessGone(
      calls.call(target, signal, (api, own) => api.getBucketLocation(bucket.name, own)),
    );
    if (place !== undefined) placed.push({ ...bucket, region: place });
  });
  return placed;
}

/** Undefined when it is not found. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return undefined;
    throw error;
  }
}
