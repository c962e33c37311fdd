import { GoogleAuth, type JWTInput } from "google-auth-library";

/**
 * The SDK behind a static import, to be loaded lazily as a whole: the package is CommonJS, and a bundler
 * that imports it dynamically loses its named exports.
 */
export { AwsClient } from "google-auth-library";

/** Without a project id the library starts gcloud and asks the metadata server for one we never use. */
export function createAuth(scope: string, document?: JWTInput): GoogleAuth {
  const credentials = document === undefined ? {} : { credentials: document };
  return new GoogleAuth({ scopes: scope, projectId: "not-used", ...credentials });
}
