import { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { type ConnectOptions, clientSettings } from "./connect.ts";

export interface ObjectRow {
  readonly key: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly writtenAtMs: number;
}

export interface S3ObjectsApi {
  /** A thousand at a time, in order of key. */
  listObjects(
    place: { readonly bucket: string; readonly prefix: string; readonly token: string | undefined },
    signal: AbortSignal,
  ): Promise<{ readonly objects: readonly ObjectRow[]; readonly next: string | undefined }>;
  /** The object's bytes as they arrive. */
  openObject(bucket: string, key: string, signal: AbortSignal): Promise<Readable>;
}

export function connect(options: ConnectOptions): S3ObjectsApi {
  const client = new S3Client({
    ...clientSettings(options),
    // Nobody should have to know in which Region their bill is kept.
    followRegionRedirects: true,
    forcePathStyle: Boolean(process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"]),
  });
  return {
    listObjects: async ({ bucket, prefix, token }, signal) => {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ContinuationToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return {
        objects: (answer.Contents ?? []).map(({ Key, Size, LastModified }) => ({
          key: Key ?? "",
          bytes: Size ?? 0,
          writtenAtMs: LastModified?.getTime() ?? 0,
        })),
        next: answer.NextContinuationToken || undefined,
      };
    },
    openObject: async (bucket, key, signal) => {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const { Body } = await client.send(command, { abortSignal: signal });
      if (!(Body instanceof Readable)) throw new TypeError("The object came without a body.");
      return Body;
    },
  };
}
