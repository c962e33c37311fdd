import type { CloudProvider } from "../../ports/cloud.ts";
import { createAzureInventory } from "./inventory.ts";
import { AZURE_REGIONS } from "./limits.ts";
import { AZURE_RESOURCE_TYPES } from "./resource-types.ts";
import { type AzureSessionOptions, createAzureSession } from "./session.ts";

export interface AzureProviderOptions extends AzureSessionOptions {
  /** Subscription ids to govern; empty or absent means all that the credential can read. */
  readonly subscriptions?: readonly string[] | undefined;
  /** Management group names whose subscriptions are governed, besides `subscriptions`. */
  readonly managementGroups?: readonly string[] | undefined;
}

/**
 * Azure behind the cloud port. Importing and creating it loads no SDK and makes no call.
 * @throws {AppError} `config_invalid` for an endpoint that tokens must not be sent to.
 */
export function createAzureProvider(options: AzureProviderOptions): CloudProvider {
  const session = createAzureSession(options);
  return {
    cloud: "azure",
    resourceTypes: AZURE_RESOURCE_TYPES,
    regions: AZURE_REGIONS,
    inventory: createAzureInventory(session, {
      subscriptions: options.subscriptions ?? [],
      managementGroups: options.managementGroups ?? [],
    }),
    apiCalls: () => session.apiCalls(),
    close: async () => session.close(),
  };
}
