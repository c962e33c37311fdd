import { expect, test } from "vitest";
import { AppError } from "../../domain/errors.ts";
import type { AwsCalls } from "./calls.ts";
import type { S3Api } from "./sdk/s3.ts";
import { placedBuckets } from "./bucket-places.ts";

type Where = Readonly<Record<string, string>>;

interface Endpoint {
  /** ListBuckets tells the Region, as AWS does. */
  readonly names?: boolean;
  /** `bucket-region` filters, as it does on AWS. */
  readonly heeds?: boolean;
}

/** S3 with these buckets, and the calls it got. */
function s3(
  buckets: Where,
  { names = false, heeds = true }: Endpoint,
): { api: S3Api; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    api: {
      listBuckets: async ({ region }) => {
        asked.push(`list ${region ?? "all"}`);
        const shown = Object.entries(buckets).filter(
          ([, of]) => !heeds || region === undefined || of === region,
        );
        return {
          buckets: shown.map(([name, of]) => ({
            name,
            region: names ? of : undefined,
            createdAt: null,
          })),
          next: undefined,
        };
      },
      getBucketLocation: async (bucket) => {
        asked.push(`locate ${bucket}`);
        const of = buckets[bucket];
        if (of === undefined || of === "gone") throw new AppError("not_found", "No such bucket.");
        return of;
      },
      getBucketTagging: async () => [],
    },
  };
}

const place = async (
  buckets: Where,
  endpoint: Endpoint,
): Promise<{ readonly found: Where; readonly asked: readonly string[] }> => {
  const { api, asked } = s3(buckets, endpoint);
  const calls = {
    call: (
      _target: unknown,
      signal: AbortSignal,
      work: (api: S3Api, own: AbortSignal) => unknown,
    ) => work(api, signal),
  } as unknown as AwsCalls;
  const placed = await placedBuckets({
    calls,
    account: "111111111111",
    partition: "aws",
    region: "us-east-1",
    within: undefined,
    signal: new AbortController().signal,
  });
  return { found: Object.fromEntries(placed.map(({ name, region }) => [name, region])), asked };
};

const many = (count: number, region: string): Where =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${region}-${n}`, region]));

test("one call where the list names the Regions", async () => {
  const buckets = { ...many(50, "us-east-1"), ...many(50, "ap-south-1") };
  const { found, asked } = await place(buckets, { names: true });
  expect(found).toEqual(buckets);
  expect(asked).toEqual(["list all"]);
});

test("else the list of each Region, until all are placed and a second one proves the first", async () => {
  const buckets = many(300, "us-east-1");
  const { found, asked } = await place(buckets, {});
  expect(found).toEqual(buckets);
  expect(asked).toHaveLength(3);
  const spread = { ...buckets, ...many(20, "eu-west-1"), ...many(3, "af-south-1") };
  expect((await place(spread, {})).found).toEqual(spread);
});

test("an endpoint that gives every bucket for every Region is not believed", async () => {
  const buckets = { ...many(10, "eu-west-1"), ...many(10, "us-east-1") };
  const { found, asked } = await place(buckets, { heeds: false });
  expect(found).toEqual(buckets);
  expect(asked.filter((call) => call.startsWith("locate"))).toHaveLength(20);
});

test("a bucket that no Region lists is asked itself, and left out when it is gone", async () => {
  const buckets = { ...many(5, "us-east-1"), moved: "zz-north-1", deleted: "gone" };
  const { found } = await place(buckets, {});
  expect(found).toEqual({ ...many(5, "us-east-1"), moved: "zz-north-1" });
});
