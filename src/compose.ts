import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { type CheckCompliance, createCheckCompliance } from "./app/check-compliance.ts";
import type { CheckConsistency } from "./app/check-consistency.ts";
import type { Diagnose } from "./app/doctor.ts";
import { createFreshInventory } from "./app/fresh-inventory.ts";
import type { GetPolicy } from "./app/get-policy.ts";
import { createHealth, type HealthReport } from "./app/health.ts";
import { type Once, once } from "./app/once.ts";
import type { Policies } from "./app/policy/policies.ts";
import type { ImportAwsPolicy } from "./app/policy-import/import-aws-policy.ts";
import { whatIf, type WhatIfRequest, type WhatIfResult } from "./app/what-if.ts";
import type { AwsProviderOptions } from "./clouds/aws/options.ts";
import { createAwsOrgPolicies } from "./clouds/aws/org-policies.ts";
import { createAwsProvider } from "./clouds/aws/provider.ts";
import { AWS_RESOURCE_TYPES } from "./clouds/aws/resource-types.ts";
import { type AzureTenantOptions, createAzureProvider } from "./clouds/azure/provider.ts";
import { AZURE_RESOURCE_TYPES } from "./clouds/azure/resource-types.ts";
import type { AwsKeys } from "./clouds/gcp/credential-document.ts";
import { createGcpProvider } from "./clouds/gcp/provider.ts";
import { GCP_RESOURCE_TYPES } from "./clouds/gcp/resource-types.ts";
import type { Environment } from "./config/environment.ts";
import type { Settings } from "./config/load.ts";
import { readSecret } from "./config/secret-reference.ts";
import type { Cloud } from "./domain/cloud.ts";
import type { Judge } from "./domain/compliance/violation.ts";
import { createCatalogue, type ResourceTypeCatalogue } from "./domain/resource-type.ts";
import type { Clock } from "./ports/clock.ts";
import type { CloudProvider } from "./ports/cloud.ts";
import type { Ids } from "./ports/ids.ts";
import type { InventoryStore } from "./ports/inventory.ts";
import type { Logger } from "./ports/logger.ts";
import { createLogger, type LogLevel } from "./telemetry/logger.ts";
import { VERSION } from "./version.ts";

/** Everything an edge needs, adapters chosen. Nothing is opened or called before it is used. */
export interface Application {
  readonly checkCompliance: CheckCompliance;
  readonly checkConsistency: CheckConsistency;
  readonly getPolicy: GetPolicy;
  readonly importAwsPolicy: ImportAwsPolicy;
  /** @param request.before absent: the policy in force. */
  readonly whatIf: (
    request: Omit<WhatIfRequest, "before"> & { readonly before: Judge | undefined },
  ) => Promise<WhatIfResult>;
  readonly health: () => Promise<HealthReport>;
  readonly diagnose: Diagnose;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Ends what runs and closes what was opened. */
  close(): Promise<void>;
}

const MS_PER_SECOND = 1000;
const MS_PER_HOUR = 3_600_000;

/** Everything about the policy in force. */
interface PolicyParts {
  readonly policies: Policies;
  readonly importAwsPolicy: ImportAwsPolicy;
  close(): Promise<void>;
}

/** What is made once the configuration is known to be sound. */
interface Assembly {
  readonly settings: Settings;
  readonly providers: readonly CloudProvider[];
  readonly policies: Once<PolicyParts>;
  readonly inventory: Once<InventoryStore>;
  readonly checkCompliance: Once<CheckCompliance>;
  readonly checkConsistency: Once<CheckConsistency>;
}

/**
 * The only place that chooses adapters. Plain functions and objects, no container.
 * @param load reads the configuration. While it throws, so does every use case, with the same error; it
 * is asked again at the next use, so that a server heals when its configuration is mended.
 */
export function compose(load: () => Settings): Application {
  const clock: Clock = { now: () => Date.now() };
  const ids: Ids = { next: (prefix) => `${prefix}_${sortableId(clock.now())}` };
  const logger = createLogger(logLevel(load));
  const assembly = once(async () => assemble(load(), { clock, ids, logger }));
  const policies = async (): Promise<PolicyParts> => (await assembly()).policies();
  const getPolicy: GetPolicy = async () => (await policies()).policies.status();
  return {
    checkCompliance: async (request) => (await (await assembly()).checkCompliance())(request),
    checkConsistency: async (request) => (await (await assembly()).checkConsistency())(request),
    getPolicy,
    importAwsPolicy: async (request, signal) => (await policies()).importAwsPolicy(request, signal),
    whatIf: async (request) => {
      const inventory = await (await assembly()).inventory();
      const before = request.before ?? (await (await policies()).policies.current());
      return whatIf({ inventory, clock }, { ...request, before });
    },
    health: createHealth({
      version: VERSION,
      clouds: async () => (await assembly()).settings.clouds,
      getPolicy,
      inventory: async () => (await assembly()).inventory(),
    }),
    diagnose: async (cloud, signal) => {
      const { createDiagnose } = await import("./app/doctor.ts");
      return createDiagnose((await assembly()).providers)(cloud, signal);
    },
    clock,
    ids,
    logger,
    close: async () => {
      if (assembly.begun()) await closeAll(await assembly());
    },
  };
}

function assemble(
  settings: Settings,
  tools: { readonly clock: Clock; readonly ids: Ids; readonly logger: Logger },
): Assembly {
  const { clock, logger } = tools;
  const providers = settings.clouds.map((cloud) => PROVIDERS[cloud](settings, logger));
  const policies = once(() => openPolicies(settings, { clock, logger }));
  const inventory = once(() => openInventory(settings, clock));
  const ensureFresh = once(async () =>
    createFreshInventory({
      ...tools,
      providers,
      inventory: await inventory(),
      catalogue: CATALOGUE,
      judge: async () => (await policies()).policies.current(),
      cellConcurrency: settings.config.scan.cell_concurrency,
    }),
  );
  const checkCompliance = once(async () =>
    createCheckCompliance({ inventory: await inventory(), ensureFresh: await ensureFresh() }),
  );
  const checkConsistency = once(async () => {
    const { createCheckConsistency } = await import("./app/check-consistency.ts");
    return createCheckConsistency({
      inventory: await inventory(),
      ensureFresh: await ensureFresh(),
      getPolicy: async () => (await policies()).policies.status(),
      catalogue: CATALOGUE,
    });
  });
  return { settings, providers, policies, inventory, checkCompliance, checkConsistency };
}

async function closeAll({ providers, inventory, policies }: Assembly): Promise<void> {
  if (policies.begun()) await (await policies()).close();
  await Promise.all(providers.map((provider) => provider.close()));
  if (inventory.begun()) await (await inventory()).close();
}

/** A configuration that cannot be read still deserves a log. */
function logLevel(load: () => Settings): LogLevel {
  try {
    return load().config.log.level;
  } catch {
    return "warn"; // The error itself is told by whoever uses the configuration.
  }
}

function awsOptions({ config, environment }: Settings, logger: Logger): AwsProviderOptions {
  const { aws } = config.clouds;
  return {
    homeRegion: aws?.home_region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"],
    regions: aws?.regions,
    accounts: aws?.accounts,
    roleName: aws?.role_name,
    externalId: aws?.external_id,
    maxInFlight: aws?.max_in_flight,
    callTimeoutMs: config.scan.call_timeout_seconds * MS_PER_SECOND,
    logger,
  };
}

const PROVIDERS: Readonly<Record<Cloud, (settings: Settings, logger: Logger) => CloudProvider>> = {
  aws: (settings, logger) => createAwsProvider(awsOptions(settings, logger)),
  azure: ({ config, environment }, logger) => {
    const { azure } = config.clouds;
    return createAzureProvider({
      ...(azure === undefined ? {} : azureTenant(azure, environment)),
      tenants: azure?.tenants.map((tenant) => azureTenant(tenant, environment)),
      endpoint: azure?.endpoint,
      maxInFlight: azure?.max_in_flight,
      callTimeoutMs: config.scan.call_timeout_seconds * MS_PER_SECOND,
      logger,
    });
  },
  gcp: ({ config, environment }, logger) => {
    const { gcp } = config.clouds;
    return createGcpProvider({
      organization: gcp?.organization,
      folders: gcp?.folders,
      credentialDocument: credentialDocument(gcp?.credentials_file, environment),
      awsKeys: awsKeys(environment),
      projects: gcp?.projects,
      quotaProject: gcp?.quota_project,
      endpoint: gcp?.endpoint,
      maxInFlight: gcp?.max_in_flight,
      callTimeoutMs: config.scan.call_timeout_seconds * MS_PER_SECOND,
      logger,
    });
  },
};

type Azure = NonNullable<Settings["config"]["clouds"]["azure"]>;

function azureTenant(
  tenant: Omit<Azure["tenants"][number], "tenant_id"> & Pick<Azure, "tenant_id">,
  environment: Environment,
): AzureTenantOptions {
  const { client_secret: reference } = tenant;
  return {
    tenantId: tenant.tenant_id,
    clientId: tenant.client_id,
    clientSecret: reference === undefined ? undefined : () => readSecret(reference, environment),
    subscriptions: tenant.subscriptions,
    managementGroups: tenant.management_groups,
  };
}

/** The file that GOOGLE_APPLICATION_CREDENTIALS names is held to the same rules as a configured one. */
function credentialDocument(
  configured: string | undefined,
  environment: Environment,
): (() => string) | undefined {
  const named = environment["GOOGLE_APPLICATION_CREDENTIALS"] ?? "";
  if (configured !== undefined) return () => readSecret(configured, environment);
  return named === "" ? undefined : () => readSecret(`file://${resolve(named)}`, environment);
}

/** AWS credentials for federation into Google Cloud: the AWS SDK's chain knows ECS and Fargate, too. */
function awsKeys(environment: Environment): () => Promise<AwsKeys> {
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const chain = once(() =>
    import("./clouds/aws/sdk/credentials.ts").then(({ defaultChain }) => defaultChain(region)),
  );
  return async () => ({ ...(await (await chain())()), region });
}

/** Types of every cloud, in use or not: a policy may speak of all of them. */
export const CATALOGUE: ResourceTypeCatalogue = createCatalogue([
  ...AWS_RESOURCE_TYPES,
  ...AZURE_RESOURCE_TYPES,
  ...GCP_RESOURCE_TYPES,
]);

/** The policy engine is loaded on first use, for the same reason as the database. */
async function openPolicies(
  settings: Settings,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<PolicyParts> {
  const [stores, policyFiles, imports, autoImports, { createPolicies }, { sha256 }] =
    await Promise.all([
      import("./app/policy/policy-store.ts"),
      import("./storage/policy-files/index.ts"),
      import("./app/policy-import/import-aws-policy.ts"),
      import("./app/policy-import/auto-import.ts"),
      import("./app/policy/policies.ts"),
      import("./app/policy/sha256.ts"),
    ]);
  const { policy } = settings.config;
  const files = policyFiles.diskPolicyFolder(settings.policyFolder);
  // Without a configured file the imported one is followed, and the built-in policy until there is one.
  const store = stores.createPolicyStore({
    file: policyFiles.diskPolicyFile(
      settings.policyFile ?? files.pathOf(imports.DEFAULT_FILE_NAME),
    ),
    whileAbsent: settings.policyFile === null ? "built_in" : "refuse",
    catalogue: CATALOGUE,
    clock,
  });
  const orgPolicies = settings.clouds.includes("aws")
    ? createAwsOrgPolicies(awsOptions(settings, logger))
    : null;
  const shared = { orgPolicies, files, clock, sha256 };
  const importAwsPolicy = imports.createImportAwsPolicy({
    ...shared,
    reload: () => store.reload(),
  });
  const autoImport =
    policy.auto_import_aws_policy && settings.policyFile === null
      ? autoImports.createAutoImport({
          ...shared,
          importAwsPolicy,
          logger,
          settings: {
            policyId: policy.aws_policy_id,
            requireEnforced: policy.require_enforced,
            fallbackToDefault: policy.fallback_to_default,
            everyMs: policy.import_every_hours * MS_PER_HOUR,
          },
        })
      : null;
  const policies = createPolicies({ store, autoImport, clock });
  return {
    policies,
    importAwsPolicy,
    close: async () => {
      policies.close();
      await orgPolicies?.close();
    },
  };
}

/** The database is loaded and opened on first use, so that a client is answered before. */
async function openInventory({ dataDir }: Settings, clock: Clock): Promise<InventoryStore> {
  const [{ openSqlite }, { createInventoryStore }] = await Promise.all([
    import("./storage/sqlite.ts"),
    import("./storage/inventory.ts"),
  ]);
  const store = createInventoryStore(await openSqlite(join(dataDir, "inventory.db")), { clock });
  await store.failAbandonedScans();
  return store;
}

/** Milliseconds, then chance: ids sort by time and never meet. */
function sortableId(nowMs: number): string {
  return nowMs.toString(36).padStart(9, "0") + randomBytes(8).toString("hex");
}
