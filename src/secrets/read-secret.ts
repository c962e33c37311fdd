import { readFile } from "node:fs/promises";
import { parseSecretReference, type SecretLocation } from "../domain/secret-reference.ts";
import type { ReadSecret } from "../ports/secrets.ts";
import { notASecret, unreadable } from "./errors.ts";

export interface SecretStores {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Origins to ask instead of the clouds' own; for private endpoints and simulated clouds. */
  readonly origins?: { readonly azureKeyVault?: string; readonly gcpSecretManager?: string };
}

type Located<Store extends SecretLocation["store"]> = Extract<SecretLocation, { store: Store }>;
type Readers = {
  readonly [Store in SecretLocation["store"]]: (
    location: Located<Store>,
    signal: AbortSignal | undefined,
  ) => Promise<string | undefined>;
};

/** Reads secrets where they are; a cloud's SDK is loaded only when a reference leads there. */
export function createReadSecret({ environment, origins = {} }: SecretStores): ReadSecret {
  const readers: Readers = {
    env: async ({ variable }) => environment[variable],
    file: async ({ path }) => readFile(path, "utf8"),
    "aws-sm": async (location, signal) => {
      const { readAwsSecret } = await import("./aws-secrets-manager.ts");
      return readAwsSecret(location, environment, signal);
    },
    "azure-kv": async (location, signal) => {
      const { readKeyVaultSecret } = await import("./azure-key-vault.ts");
      return readKeyVaultSecret(location, origins.azureKeyVault, signal);
    },
    "gcp-sm": async (location, signal) => {
      const { readGcpSecret } = await import("./gcp-secret-manager.ts");
      return readGcpSecret(location, origins.gcpSecretManager, signal);
    },
  };
  return async (reference, signal) => {
    const location = parseSecretReference(reference);
    if (location === undefined) throw notASecret();
    const secret = await read(readers, location, signal).catch((error: unknown) => {
      throw unreadable(reference, location.store, error);
    });
    // A line break at the end, which editors and `echo` leave, is not part of the secret.
    const trimmed = (secret ?? "").replace(/\r?\n$/, "");
    if (trimmed === "") throw unreadable(reference, location.store);
    return trimmed;
  };
}

async function read<Store extends SecretLocation["store"]>(
  readers: Readers,
  location: Located<Store>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const reader: Readers[Store] = readers[location.store];
  return reader(location, signal);
}
