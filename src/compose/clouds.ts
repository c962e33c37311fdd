import { resolve } from "node:path";
import { once } from "../app/once.ts";
import type { AwsProviderOptions } from "../clouds/aws/options.ts";
import { createAwsProvider } from "../clouds/aws/provider.ts";
import { AWS_RESOURCE_TYPES } from "../clouds/aws/resource-types.ts";
import {
  type AzureProviderOptions,
  type AzureTenantOptions,
  createAzureProvider,
} from "../clouds/azure/provider.ts";
import { AZURE_RESOURCE_TYPES } from "../clouds/azure/resource-types.ts";
import type { AwsKeys } from "../clouds/gcp/credential-document.ts";
import { createGcpProvider, type GcpProviderOptions } from "../clouds/gcp/provider.ts";
import { GCP_RESOURCE_TYPES } from "../clouds/gcp/resource-types.ts";
import type { Environment } from "../config/environment.ts";
import type { Settings } from "../config/load.ts";
import type { Cloud } from "../domain/cloud.ts";
import { createCatalogue, type ResourceTypeCatalogue } from "../domain/resource-type.ts";
import type { CloudProvider } from "../ports/cloud.ts";
import type { Logger } from "../ports/logger.ts";
import type { ReadSecret } from "../ports/secrets.ts";
import { createReadSecret } from "../secrets/read-secret.ts";

const MS_PER_SECOND = 1000;

/** Types of every cloud, in use or not: a policy may speak of all of them. */
export const CATALOGUE: ResourceTypeCatalogue = createCatalogue([
  ...AWS_RESOURCE_TYPES,
  ...AZURE_RESOURCE_TYPES,
  ...GCP_RESOURCE_TYPES,
]);

export function awsOptions({ config, environment }: Settings, logger: Logger): AwsProviderOptions {
  const { aws } = config.clouds;
  return {
    homeRegion: aws?.home_region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"],
    regions: aws?.regions,
    accounts: aws?.accounts,
    roleName: aws?.role_name,
    externalId: aws?.external_id,
    maxInFlight: aws?.max_in_flight,
    changeLog: config.change_log.aws,
    configAggregator: aws?.config_aggregator,
    callTimeoutMs: config.scan.call_timeout_seconds * MS_PER_SECOND,
    logger,
  };
}

export function azureOptions(
  { config, environment }: Settings,
  logger: Logger,
): AzureProviderOptions {
  const readSecret = createReadSecret({ environment });
  const { azure } = config.clouds;
  return {
    ...(azure === undefined ? {} : azureTenant(azure, readSecret)),
    tenants: azure?.tenants.map((tenant) => azureTenant(tenant, readSecret)),
    endpoint: azure?.endpoint,
    maxInFlight: azure?.max_in_flight,
    changeLog: config.change_log.azure,
    callTimeoutMs: config.scan.call_timeout_seconds * MS_PER_SECOND,
    logger,
  };
}

export function gcpOptions({ config, environment }: Settings, logger: Logger): GcpProviderOptions {
  const readSecret = createReadSecret({ environment });
  const { gcp } = config.clouds;
  return {
    organization: gcp?.organization,
    folders: gcp?.folders,
    credentialDocument: credentialDocument(gcp?.credentials_file, environment, readSecret),
    awsKeys: awsKeys(environment),
    projects: gcp?.projects,
    quotaProject: gcp?.quota_project,
    endpoint: gcp?.endpoint,
    maxInFlight: gcp?.max_in_flight,
    changeLog: config.change_log.gcp,
    callTimeoutMs: config.scan.call_timeout_seconds * MS_PER_SECOND,
    logger,
  };
}

/** Each cloud's adapter; an SDK is loaded when a call is made, not before. */
export const PROVIDERS: Readonly<
  Record<Cloud, (settings: Settings, logger: Logger) => CloudProvider>
> = {
  aws: (settings, logger) => createAwsProvider(awsOptions(settings, logger)),
  azure: (settings, logger) => createAzureProvider(azureOptions(settings, logger)),
  gcp: (settings, logger) => createGcpProvider(gcpOptions(settings, logger)),
};

type Azure = NonNullable<Settings["config"]["clouds"]["azure"]>;

function azureTenant(
  tenant: Omit<Azure["tenants"][number], "tenant_id"> & Pick<Azure, "tenant_id">,
  readSecret: ReadSecret,
): AzureTenantOptions {
  const { client_secret: reference } = tenant;
  return {
    tenantId: tenant.tenant_id,
    clientId: tenant.client_id,
    clientSecret: reference === undefined ? undefined : () => readSecret(reference),
    subscriptions: tenant.subscriptions,
    managementGroups: tenant.management_groups,
  };
}

/** The file that GOOGLE_APPLICATION_CREDENTIALS names is held to the same rules as a configured one. */
function credentialDocument(
  configured: string | undefined,
  environment: Environment,
  readSecret: ReadSecret,
): (() => Promise<string>) | undefined {
  const named = environment["GOOGLE_APPLICATION_CREDENTIALS"] ?? "";
  if (configured !== undefined) return () => readSecret(configured);
  return named === "" ? undefined : () => readSecret(`file://${resolve(named)}`);
}

/** AWS credentials for federation into Google Cloud: the AWS SDK's chain knows ECS and Fargate, too. */
function awsKeys(environment: Environment): () => Promise<AwsKeys> {
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const chain = once(() =>
    import("../clouds/aws/sdk/credentials.ts").then(({ defaultChain }) => defaultChain(region)),
  );
  return async () => ({ ...(await (await chain())()), region });
}
