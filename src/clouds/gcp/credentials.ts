import type { AuthClient } from "google-auth-library";
import { gcpSignInFailure } from "./errors.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * Application Default Credentials: GOOGLE_APPLICATION_CREDENTIALS, then gcloud's own file, then the
 * metadata server (cloud.google.com/docs/authentication/application-default-credentials).
 * @throws {AppError} `credentials_missing`, `credentials_expired`, `cloud_unavailable`.
 */
export async function gcpCredential(): Promise<AuthClient> {
  const { GoogleAuth } = await import("./sdk.ts");
  // Without a project id the library starts gcloud and asks the metadata server for one we never use.
  const auth = new GoogleAuth({ scopes: SCOPE, projectId: "not-used" });
  try {
    return await auth.getClient();
  } catch (error) {
    throw gcpSignInFailure(error);
  }
}
