import type { CloudProvider } from "../../ports/cloud.ts";
import { createAwsChangeLog } from "./change-log.ts";
import { createDoctor } from "./doctor.ts";
import { createInventory } from "./inventory.ts";
import { locateArn } from "./locate.ts";
import { type AwsProviderOptions, settingsFrom } from "./options.ts";
import { AWS_REGIONS } from "./region-names.ts";
import { AWS_RESOURCE_TYPES } from "./resource-types.ts";
import { createSessions } from "./session.ts";

export type { AwsProviderOptions } from "./options.ts";

/**
 * AWS behind the cloud port. Making one costs nothing: no SDK module is loaded, no credential looked
 * for, no request sent before the first plan.
 */
export function createAwsProvider(options: AwsProviderOptions): CloudProvider {
  const settings = settingsFrom(options);
  const sessions = createSessions(settings);
  return {
    cloud: "aws",
    regions: AWS_REGIONS,
    resourceTypes: AWS_RESOURCE_TYPES,
    locate: locateArn,
    inventory: createInventory(sessions, settings),
    doctor: createDoctor(sessions, settings),
    ...(settings.changeLog ? { changeLog: createAwsChangeLog(sessions, settings) } : {}),
    apiCalls: () => sessions.calls.sent(),
    close: () => sessions.calls.close(),
  };
}
