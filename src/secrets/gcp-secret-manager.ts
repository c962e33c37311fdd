import { GoogleAuth } from "google-auth-library";
import { z } from "zod";
import type { SecretLocation } from "../domain/secret-reference.ts";
import { SecretStoreError } from "./errors.ts";
import { getSecretDocument } from "./http-secret.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const Version = z.object({ payload: z.object({ data: z.base64() }) });

/**
 * Secret Manager's `versions.access`
 * (cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access) with
 * Application Default Credentials.
 */
export async function readGcpSecret(
  { project, secret, version }: Extract<SecretLocation, { store: "gcp-sm" }>,
  origin = "https://secretmanager.googleapis.com",
  signal?: AbortSignal,
): Promise<string> {
  const auth = new GoogleAuth({ scopes: SCOPE, projectId: "not-used" });
  const token = await auth.getAccessToken().catch((cause: unknown) => {
    throw new SecretStoreError(401, { cause });
  });
  const path = `/v1/projects/${project}/secrets/${secret}/versions/${version}:access`;
  const answer = await getSecretDocument(new URL(path, origin), token ?? "", signal);
  return Buffer.from(Version.parse(answer).payload.data, "base64").toString("utf8");
}
