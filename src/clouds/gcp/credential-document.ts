import type { AuthClient } from "google-auth-library";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { isLoopback } from "../../domain/scan/endpoint.ts";
import type * as Sdk from "./sdk.ts";

/** Temporary keys of an AWS role. */
export interface AwsKeys {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

interface DocumentOptions {
  /** OAuth scope of the tokens. */
  readonly scope: string;
  readonly awsKeys: (() => Promise<AwsKeys>) | undefined;
}

/** The types that Application Default Credentials know (google.aip.dev/auth/4110). */
const Document = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("service_account"),
    client_email: z.string(),
    private_key: z.string(),
  }),
  z.looseObject({
    type: z.literal("external_account"),
    audience: z.string(),
    subject_token_type: z.string(),
    token_url: z.string(),
    service_account_impersonation_url: z.string().optional(),
    credential_source: z.looseObject({ environment_id: z.string().optional() }),
  }),
  z.looseObject({ type: z.literal("authorized_user"), refresh_token: z.string() }),
  z.looseObject({ type: z.literal("external_account_authorized_user"), refresh_token: z.string() }),
  z.looseObject({
    type: z.literal("impersonated_service_account"),
    service_account_impersonation_url: z.string(),
  }),
]);
type Document = z.infer<typeof Document>;

/** Members that name a host to which a token is sent. */
const URLS = ["token_url", "token_info_url", "service_account_impersonation_url"] as const;

/**
 * The client that a credential document describes.
 * @throws {AppError} `config_invalid` when it is none, or would send tokens to a host that is not
 * Google's (cloud.google.com/docs/authentication/external/externally-sourced-credentials).
 */
export async function fromDocument(
  sdk: typeof Sdk,
  text: string,
  { scope, awsKeys }: DocumentOptions,
): Promise<AuthClient> {
  const document = parse(text);
  checkHosts(document);
  const federated = awsKeys === undefined ? undefined : awsClient(sdk, document, awsKeys);
  return federated ?? sdk.createAuth(scope, document).getClient();
}

function parse(text: string): Document {
  const parsed = Document.safeParse(json(text));
  if (parsed.success) return parsed.data;
  throw new AppError("config_invalid", "The Google credential file is not one.", {
    hint: "Give a service account's key, or what gcloud iam workload-identity-pools create-cred-config writes.",
    // What is wrong and where, never what was there.
    details: { paths: parsed.error.issues.map((issue) => issue.path.join(".")) },
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkHosts(document: Document): void {
  for (const member of URLS) {
    const value: unknown = Reflect.get(document, member);
    if (value === undefined || (typeof value === "string" && isGoogles(value))) continue;
    throw new AppError(
      "config_invalid",
      "The Google credential file names a host that is not Google's.",
      {
        hint: "Use a file that Google's own tools wrote: its URLs are https and below googleapis.com.",
        details: { member },
      },
    );
  }
}

/** Plain http only on loopback, which cannot leave this machine: a simulated cloud listens there. */
function isGoogles(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return false;
  if (url.protocol === "http:") return isLoopback(url);
  return url.protocol === "https:" && /^(?:[a-z0-9-]+\.)+googleapis\.com$/.test(url.hostname);
}

/** Federation from AWS with keys of our own finding; undefined for every other document. */
function awsClient(
  sdk: typeof Sdk,
  document: Document,
  awsKeys: () => Promise<AwsKeys>,
): AuthClient | undefined {
  if (document.type !== "external_account") return undefined;
  if (!/^aws\d+$/.test(document.credential_source.environment_id ?? "")) return undefined;
  const { audience, subject_token_type, token_url, service_account_impersonation_url } = document;
  return new sdk.AwsClient({
    audience,
    subject_token_type,
    token_url,
    ...(service_account_impersonation_url === undefined
      ? {}
      : { service_account_impersonation_url }),
    aws_security_credentials_supplier: {
      getAwsRegion: async () => (await awsKeys()).region,
      getAwsSecurityCredentials: async () => {
        const { accessKeyId, secretAccessKey, sessionToken } = await awsKeys();
        return {
          accessKeyId,
          secretAccessKey,
          ...(sessionToken === undefined ? {} : { token: sessionToken }),
        };
      },
    },
  });
}
