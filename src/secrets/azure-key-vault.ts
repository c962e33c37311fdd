import { z } from "zod";
import type { SecretLocation } from "../domain/secret-reference.ts";
import { SecretStoreError } from "./errors.ts";
import { getSecretDocument } from "./http-secret.ts";

const API_VERSION = "7.5";
const Bundle = z.object({ value: z.string() });

/**
 * Key Vault's "Get Secret" (learn.microsoft.com/rest/api/keyvault/secrets/get-secret) with the default
 * credential: environment, workload identity, managed identity, Azure CLI.
 * @param origin replaces `https://HOST`.
 */
export async function readKeyVaultSecret(
  { host, name, version }: Extract<SecretLocation, { store: "azure-kv" }>,
  origin = `https://${host}`,
  signal?: AbortSignal,
): Promise<string> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  // The token's audience is the vaults' domain, whatever the vault.
  const scope = `https://${host.slice(host.indexOf(".") + 1)}/.default`;
  const options = signal === undefined ? {} : { abortSignal: signal };
  const token = await new DefaultAzureCredential()
    .getToken(scope, options)
    .catch((cause: unknown) => {
      throw new SecretStoreError(401, { cause });
    });
  const url = new URL(`/secrets/${name}/${version}`, origin);
  url.searchParams.set("api-version", API_VERSION);
  return Bundle.parse(await getSecretDocument(url, token.token, signal)).value;
}
