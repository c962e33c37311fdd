import type { TokenCredential } from "@azure/identity";
import { azureNoCredentials } from "./errors.ts";

/**
 * Variables by which an Azure host says that a managed identity can be asked without looking for it
 * (App Service, Functions, Container Apps, Azure Arc, Service Fabric, Cloud Shell).
 */
const MANAGED_IDENTITY_VARIABLES = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT"] as const;

/** A machine outside Azure has nobody at the metadata address; one try is enough to know. */
const METADATA_ATTEMPTS = { maxRetries: 0 } as const;

/**
 * The credentials to try, in order: environment (secret, certificate), workload identity, an announced
 * managed identity, Azure CLI, and last the metadata address of a virtual machine. Unlike
 * `DefaultAzureCredential` it asks no editor and no other developer tool, and the only probe of the
 * network comes after everything that answers locally.
 * @throws {AppError} `credentials_missing` when not one can even be tried.
 */
export async function azureCredential(
  tenantId: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const tenant = tenantId === undefined ? {} : { tenantId };
  const clientId = environment["AZURE_CLIENT_ID"];
  const managed = (): TokenCredential =>
    new identity.ManagedIdentityCredential({
      ...(clientId === undefined ? {} : { clientId }),
      retryOptions: METADATA_ATTEMPTS,
    });
  const announced = MANAGED_IDENTITY_VARIABLES.some((name) => environment[name] !== undefined);
  const sources: (() => TokenCredential)[] = [
    () => new identity.EnvironmentCredential(),
    () => new identity.WorkloadIdentityCredential(tenant),
    ...(announced ? [managed] : []),
    () => new identity.AzureCliCredential(tenant),
    ...(announced ? [] : [managed]),
  ];
  const usable = sources.flatMap((make) => {
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
