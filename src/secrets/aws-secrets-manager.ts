import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import type { SecretLocation } from "../domain/secret-reference.ts";
import { SecretStoreError } from "./errors.ts";

const ARN_REGION = /^arn:[\w-]+:secretsmanager:([\w-]+):/;
const DEFAULT_REGION = "us-east-1";
const Fields = z.record(z.string(), z.unknown());

/** GetSecretValue with the default credential chain, in the Region of the ARN or of the environment. */
export async function readAwsSecret(
  { secretId, field }: Extract<SecretLocation, { store: "aws-sm" }>,
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const region =
    ARN_REGION.exec(secretId)?.[1] ??
    environment["AWS_REGION"] ??
    environment["AWS_DEFAULT_REGION"] ??
    DEFAULT_REGION;
  const client = new SecretsManagerClient({ region });
  try {
    const command = new GetSecretValueCommand({ SecretId: secretId });
    const answer = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
    return field === undefined ? answer.SecretString : fieldOf(answer.SecretString, field);
  } catch (cause) {
    throw new SecretStoreError(statusOf(cause), { cause });
  } finally {
    client.destroy();
  }
}

/** AWS refuses with 400 and says what it is in the error's name. */
function statusOf(error: unknown): number {
  if (!(error instanceof SecretsManagerServiceException))
    return error instanceof Error && error.name === "CredentialsProviderError" ? 401 : 0;
  if (error.name === "AccessDeniedException") return 403;
  if (/^(?:UnrecognizedClient|InvalidClientTokenId|ExpiredToken)/.test(error.name)) return 401;
  if (/Throttling|TooManyRequests/.test(error.name)) return 429;
  return error.$metadata.httpStatusCode ?? 400;
}

/** Undefined when the secret is no JSON object or has no such text. */
function fieldOf(text: string | undefined, field: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    return undefined; // What JSON.parse says would quote the secret.
  }
  const parsed = Fields.safeParse(value);
  const found =
    parsed.success && Object.hasOwn(parsed.data, field) ? parsed.data[field] : undefined;
  return typeof found === "string" ? found : undefined;
}
