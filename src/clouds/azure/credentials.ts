import type * as Identity from "@azure/identity";
import type { AccessToken, TokenCredential } from "@azure/identity";
import { azureNoCredentials } from "./errors.ts";

/** Who signs in, and where. Everything has a default in the environment. */
export interface AzureIdentity {
  /** Entra tenant to sign in to; default: the tenant of the credential. */
  readonly tenantId?: string | undefined;
  /** Application (client) id of the service principal or of the user-assigned managed identity. */
  readonly clientId?: string | undefined;
  /**
   * Reads the client secret each time it is needed, so that one that was renewed is found. With it no
   * other credential is tried.
   * @throws {AppError} `config_invalid` when the reference leads nowhere.
   */
  readonly clientSecret?: (() => Promise<string>) | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;
type IdentitySdk = typeof Identity;

/**
 * Variables by which an Azure host says that a managed identity can be asked without looking for it
 * (App Service, Functions, Container Apps, Azure Arc, Service Fabric, Cloud Shell).
 */
const MANAGED_IDENTITY_VARIABLES = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT"] as const;

/** A machine outside Azure has nobody at the metadata address; one try is enough to know. */
const METADATA_ATTEMPTS = { maxRetries: 0 } as const;

/**
 * The configured client secret; else the credentials to try, in order: environment (secret,
 * certificate), workload identity, an announced managed identity, Azure CLI, and last the metadata
 * address of a virtual machine. Unlike `DefaultAzureCredential` it asks no editor and no other
 * developer tool, and the only probe of the network comes after everything that answers locally.
 * @throws {AppError} `credentials_missing` when not one can even be tried.
 */
export async function azureCredential(
  configured: AzureIdentity = {},
  environment: Environment = process.env,
): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const { clientSecret } = configured;
  if (clientSecret !== undefined)
    return secretCredential(identity, { ...configured, clientSecret }, environment);
  const usable = sourcesOf(identity, configured, environment).flatMap((make) => {
    try {
      return [make()];
    } catch (error) {
      // A constructor that finds its variables missing means "not this one", as its getToken would.
      if (error instanceof identity.CredentialUnavailableError) return [];
      throw error;
    }
  });
  if (usable.length === 0) throw azureNoCredentials();
  return new identity.ChainedTokenCredential(...usable);
}

function sourcesOf(
  identity: IdentitySdk,
  { tenantId, clientId }: AzureIdentity,
  environment: Environment,
): readonly (() => TokenCredential)[] {
  const tenant = tenantId === undefined ? {} : { tenantId };
  const managedId = clientId ?? environment["AZURE_CLIENT_ID"];
  const managed = (): TokenCredential =>
    new identity.ManagedIdentityCredential({
      ...(managedId === undefined ? {} : { clientId: managedId }),
      retryOptions: METADATA_ATTEMPTS,
    });
  const announced = MANAGED_IDENTITY_VARIABLES.some((name) => environment[name] !== undefined);
  const workload = { ...tenant, ...(clientId === undefined ? {} : { clientId }) };
  // The environment names one tenant and one client; who configured another one means that.
  const named = tenantId !== undefined && tenantId !== environment["AZURE_TENANT_ID"];
  return [
    ...(named ? [] : [() => new identity.EnvironmentCredential()]),
    () => new identity.WorkloadIdentityCredential(workload),
    ...(announced ? [managed] : []),
    () => new identity.AzureCliCredential(tenant),
    ...(announced ? [] : [managed]),
  ];
}

/** A credential of the secret as it is now; a refusal makes it read the secret again, once. */
function secretCredential(
  identity: IdentitySdk,
  {
    tenantId,
    clientId,
    clientSecret,
  }: AzureIdentity & { readonly clientSecret: NonNullable<AzureIdentity["clientSecret"]> },
  environment: Environment,
): TokenCredential {
  const tenant = tenantId ?? environment["AZURE_TENANT_ID"];
  const client = clientId ?? environment["AZURE_CLIENT_ID"];
  if (tenant === undefined || client === undefined) throw azureNoCredentials();
  // The SDK asks Microsoft's public cloud about any authority it does not know, a private one too.
  const authority = environment["AZURE_AUTHORITY_HOST"] ?? "";
  const options = {
    disableInstanceDiscovery: authority !== "" && !isMicrosofts(authority),
    retryOptions: METADATA_ATTEMPTS,
  };
  let current: { readonly secret: string; readonly credential: TokenCredential } | undefined;
  const forSecret = (secret: string): TokenCredential => {
    if (current?.secret !== secret)
      current = {
        secret,
        credential: new identity.ClientSecretCredential(tenant, client, secret, options),
      };
    return current.credential;
  };
  return {
    getToken: async (scopes, tokenOptions): Promise<AccessToken | null> => {
      const secret = current?.secret ?? (await clientSecret());
      try {
        return await forSecret(secret).getToken(scopes, tokenOptions);
      } catch (error) {
        const renewed = await clientSecret();
        if (renewed === secret || !(error instanceof identity.AuthenticationError)) throw error;
        return forSecret(renewed).getToken(scopes, tokenOptions);
      }
    },
  };
}

/** Authorities of the public and the sovereign clouds. */
function isMicrosofts(authority: string): boolean {
  return /^https:\/\/login\.(?:microsoftonline\.(?:com|us)|chinacloudapi\.cn|partner\.microsoftonline\.cn)\/?$/.test(
    authority,
  );
}
