import type { STSClientResolvedConfig } from "@aws-sdk/client-sts";
import type { Environment } from "./environment.ts";
import type { AwsHttpHandler } from "./http-handler.ts";
import { Sha256 } from "./sha256.ts";

/** Keys of a session. Temporary ones end. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Signs requests with one account's credentials. */
export type Signer = Awaited<ReturnType<STSClientResolvedConfig["signer"]>>;

/** What every client of this adapter is made with; only the Region and the session differ. */
export interface ConnectOptions {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  /** Shared by all clients: one pool of sockets, one set of timeouts, one count of requests. */
  readonly requestHandler: AwsHttpHandler;
  readonly environment: Environment;
  /** The account's, for clients that sign nothing themselves. */
  readonly signer: () => Promise<Signer>;
}

/**
 * Settings common to all SDK clients. The SDK's own retries are off: they cannot be cancelled while they
 * wait, and they do not know the quota that several clients share. `calls.ts` retries instead.
 */
export function clientSettings({
  region,
  credentials,
  requestHandler,
  environment,
}: Omit<ConnectOptions, "signer">): Environment &
  Omit<ConnectOptions, "environment" | "signer"> & {
    readonly maxAttempts: 1;
    readonly sha256: typeof Sha256;
  } {
  return { ...environment, region, credentials, requestHandler, maxAttempts: 1, sha256: Sha256 };
}

/** The shape of a tag in nearly every AWS API. */
interface AwsTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Tags as AWS spells them, `aws:` ones included. */
export function readTags(
  tags: readonly AwsTag[] | undefined,
): readonly { readonly key: string; readonly value: string }[] {
  return (tags ?? []).map(({ Key, Value }) => ({ key: Key ?? "", value: Value ?? "" }));
}
