import type { AuthClient } from "google-auth-library";
import { AppError } from "../../domain/errors.ts";
import { type AwsKeys, fromDocument } from "./credential-document.ts";
import { gcpSignInFailure } from "./errors.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/** Who signs in. Everything has a default in the environment. */
export interface GcpIdentity {
  /**
   * Reads a credential document (JSON): a service account's key, or the configuration of workload
   * identity federation. With it nothing else is tried.
   * @throws {AppError} `config_invalid` when the reference leads nowhere.
   */
  readonly credentialDocument?: (() => Promise<string>) | undefined;
  /**
   * Keys of the AWS role that federation exchanges. Google's library finds those of the environment and
   * of an EC2 instance, and not those of a container on ECS or Fargate.
   */
  readonly awsKeys?: (() => Promise<AwsKeys>) | undefined;
}

/**
 * The configured document; else Application Default Credentials: GOOGLE_APPLICATION_CREDENTIALS, then
 * gcloud's own file, then the metadata server
 * (cloud.google.com/docs/authentication/application-default-credentials).
 * @throws {AppError} `credentials_missing`, `credentials_expired`, `cloud_unavailable`, `config_invalid`.
 */
export async function gcpCredential({
  credentialDocument,
  awsKeys,
}: GcpIdentity = {}): Promise<AuthClient> {
  const sdk = await import("./sdk.ts");
  try {
    return credentialDocument === undefined
      ? await sdk.createAuth(SCOPE).getClient()
      : await fromDocument(sdk, await credentialDocument(), { scope: SCOPE, awsKeys });
  } catch (error) {
    throw error instanceof AppError ? error : gcpSignInFailure(error);
  }
}
