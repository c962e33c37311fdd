import type { CloudProvider } from "../../ports/cloud.ts";
import { createAzureChangeLog } from "./change-log.ts";
import type { AzureIdentity } from "./credentials.ts";
import { createAzureDoctor } from "./doctor.ts";
import { createAzureInventory } from "./inventory.ts";
import { locateAzureId } from "./locate.ts";
import { AZURE_REGIONS } from "./limits.ts";
import { AZURE_RESOURCE_TYPES } from "./resource-types.ts";
import { type AzureSessionOptions, createAzureSession } from "./session.ts";
import type { Tenant } from "./tenants.ts";

/** Who signs in to a tenant, and what of it is governed. */
export interface AzureTenantOptions extends AzureIdentity {
  /** Subscription ids to govern; empty or absent means all that the credential can read. */
  readonly subscriptions?: readonly string[] | undefined;
  /** Management group names whose subscriptions are governed, besides `subscriptions`. */
  readonly managementGroups?: readonly string[] | undefined;
}

export interface AzureProviderOptions extends AzureSessionOptions, AzureTenantOptions {
  /** Tell who changed tags, from the Activity Log. Default false. */
  readonly changeLog?: boolean | undefined;
  /** Tenants in place of the one that these options name by themselves. */
  readonly tenants?: readonly AzureTenantOptions[] | undefined;
}

/**
 * Azure behind the cloud port. Importing and creating it loads no SDK and makes no call.
 * @throws {AppError} `config_invalid` for an endpoint that tokens must not be sent to.
 */
export function createAzureProvider(options: AzureProviderOptions): CloudProvider {
  const { tenants: several = [], ...shared } = options;
  const tenants = (several.length === 0 ? [options] : several).map((own): Tenant => {
    // Nothing of one tenant's identity holds in another.
    const { tenantId, clientId, clientSecret } = own;
    return {
      id: tenantId,
      session: createAzureSession({ ...shared, tenantId, clientId, clientSecret }),
      subscriptions: own.subscriptions ?? [],
      managementGroups: own.managementGroups ?? [],
    };
  });
  const { changeLog = false, timing } = options;
  const now = (): number => timing?.now() ?? Date.now();
  return {
    cloud: "azure",
    resourceTypes: AZURE_RESOURCE_TYPES,
    regions: AZURE_REGIONS,
    locate: locateAzureId,
    inventory: createAzureInventory(tenants, options.logger),
    doctor: createAzureDoctor(tenants, { changeLog, now }),
    ...(changeLog ? { changeLog: createAzureChangeLog(tenants, now) } : {}),
    apiCalls: () => tenants.reduce((sum, { session }) => sum + session.apiCalls(), 0),
    close: async () => {
      for (const { session } of tenants) session.close();
    },
  };
}
