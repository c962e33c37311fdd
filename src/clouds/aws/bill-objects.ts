import { createWriteStream } from "node:fs";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError } from "../../domain/errors.ts";
import { CALLER } from "./calls.ts";
import { toAppError } from "./errors.ts";
import { type AwsProviderOptions, settingsFrom } from "./options.ts";
import type { ObjectRow } from "./sdk/s3-objects.ts";
import { createSessions } from "./session.ts";

const ADDRESS = /^s3:\/\/([a-z\d][a-z\d.-]{1,61}[a-z\d])(?:\/(.*))?$/;

/** What exported bills end in; manifests stand beside them. */
const BILL_ENDING = /\.(?:parquet|csv|csv\.gz)$/i;

/** Exports are some gigabytes a month at most; a whole bucket by mistake is not fetched. */
const MOST_BYTES = 50 * 1024 ** 3;

/** A fetched object. */
export interface FetchedBill {
  readonly path: string;
  readonly writtenAtMs: number;
}

/** Bills that AWS exported to S3. */
export interface BillObjects {
  /**
   * Fetches every bill below an address into a folder, readable by nobody else.
   * @param address `s3://bucket/prefix/`, or one object.
   * @param accept Told of all keys before any is fetched; throws to refuse them.
   * @throws {AppError} `invalid_input` where there is none, and what `AwsCalls.call` throws.
   */
  fetch(
    address: string,
    folder: string,
    options: { readonly signal: AbortSignal; readonly accept: (keys: readonly string[]) => void },
  ): Promise<readonly FetchedBill[]>;
  close(): Promise<void>;
}

/** Uses the configured credentials themselves. Making one loads nothing. */
export function createBillObjects(options: AwsProviderOptions): BillObjects {
  const settings = settingsFrom(options);
  const { calls } = createSessions(settings);
  const target = { service: "s3Objects", account: CALLER, region: settings.homeRegion } as const;

  const list = async (
    bucket: string,
    prefix: string,
    signal: AbortSignal,
  ): Promise<readonly ObjectRow[]> => {
    const found: ObjectRow[] = [];
    let token: string | undefined;
    do {
      const place = { bucket, prefix, token };
      const page = await calls.call(target, signal, (api, own) => api.listObjects(place, own));
      found.push(...page.objects.filter(({ key }) => BILL_ENDING.test(key)));
      token = page.next;
    } while (token !== undefined);
    return found;
  };

  const download = async (
    bucket: string,
    { key, writtenAtMs }: ObjectRow,
    { path, signal }: { readonly path: string; readonly signal: AbortSignal },
  ): Promise<void> => {
    // The stream outlives the call: only its beginning is under the call's deadline.
    const body = await calls.call(target, signal, (api) => api.openObject(bucket, key, signal));
    try {
      await pipeline(body, createWriteStream(path, { mode: 0o600, flags: "wx" }), { signal });
    } catch (error) {
      if (signal.aborted)
        throw new AppError("cancelled", "The read was cancelled.", { cause: error });
      throw toAppError(error, target, { identityWorks: false });
    }
    await utimes(path, writtenAtMs / 1000, writtenAtMs / 1000);
  };

  return {
    fetch: async (address, folder, { signal, accept }) => {
      const [, bucket, prefix = ""] = ADDRESS.exec(address) ?? [];
      if (bucket === undefined)
        throw noBills(address, "The address is not of the form s3://bucket/prefix.");
      const objects = await list(bucket, prefix, signal);
      if (objects.length === 0)
        throw noBills(address, "No object ending in .parquet, .csv or .csv.gz is there.");
      if (bytesOf(objects) > MOST_BYTES)
        throw noBills(address, "More than 50 GiB are there; name fewer months.");
      accept(objects.map(({ key }) => `s3://${bucket}/${key}`));
      const fetched: FetchedBill[] = [];
      for (const [at, object] of objects.entries()) {
        const path = join(folder, fileName(object, at));
        await download(bucket, object, { path, signal });
        fetched.push({ path, writtenAtMs: object.writtenAtMs });
      }
      return fetched;
    },
    close: () => calls.close(),
  };
}

function bytesOf(objects: readonly ObjectRow[]): number {
  return objects.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Our own names: an object's key may be no name for a file. */
function fileName({ key }: ObjectRow, at: number): string {
  return `object-${at}${BILL_ENDING.exec(key)?.[0].toLowerCase() ?? ""}`;
}

function noBills(address: string, message: string): AppError {
  return new AppError("invalid_input", "An address in S3 cannot be read as bills.", {
    hint: "Give s3://bucket/prefix of a FOCUS or Cost and Usage Report export.",
    issues: [{ path: address.slice(0, 300), message }],
  });
}
