import {
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { TagSet } from "../../../domain/resource.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";

export interface BucketRow {
  readonly name: string;
  /** Undefined where the endpoint does not say; then `getBucketLocation` does. */
  readonly region: string | undefined;
  /** ISO 8601 UTC. */
  readonly createdAt: string | null;
}

export interface S3Api {
  /** Of every Region, or of one (`bucket-region`; some simulators do not heed it). */
  listBuckets(
    page: { readonly token: string | undefined; readonly region?: string },
    signal: AbortSignal,
  ): Promise<{ readonly buckets: readonly BucketRow[]; readonly next: string | undefined }>;
  /** Region of a bucket; the old names (`EU`, none) are translated. */
  getBucketLocation(bucket: string, signal: AbortSignal): Promise<string>;
  /** `[]` when the bucket has none. */
  getBucketTagging(bucket: string, signal: AbortSignal): Promise<TagSet>;
}

/** Asking for a page size is what makes S3 page at all, and what limits the answer to 10,000. */
const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): S3Api {
  const client = new S3Client({ ...clientSettings(options), forcePathStyle: endpointOverridden() });
  return {
    listBuckets: async ({ token, region }, signal) => {
      const command = new ListBucketsCommand({
        MaxBuckets: PAGE_SIZE,
        ContinuationToken: token,
        BucketRegion: region,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return {
        buckets: (answer.Buckets ?? []).map((bucket) => ({
          name: bucket.Name ?? "",
          region: bucket.BucketRegion,
          createdAt: bucket.CreationDate?.toISOString() ?? null,
        })),
        next: answer.ContinuationToken || undefined,
      };
    },
    getBucketLocation: async (bucket, signal) => {
      const command = new GetBucketLocationCommand({ Bucket: bucket });
      const { LocationConstraint: place } = await client.send(command, { abortSignal: signal });
      if (place === undefined) return "us-east-1";
      return place === "EU" ? "eu-west-1" : place;
    },
    getBucketTagging: async (bucket, signal) => {
      try {
        const command = new GetBucketTaggingCommand({ Bucket: bucket });
        return readTags((await client.send(command, { abortSignal: signal })).TagSet);
      } catch (error) {
        if (error instanceof Error && error.name === "NoSuchTagSet") return [];
        throw error;
      }
    },
  };
}

/**
 * Bucket names as host names need a wildcard DNS entry, which only AWS has. The SDK reads these two
 * variables itself and does not tell, so they are looked at here too.
 */
function endpointOverridden(): boolean {
  return Boolean(process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"]);
}
