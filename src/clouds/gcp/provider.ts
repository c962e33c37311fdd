import type { CloudProvider } from "../../ports/cloud.ts";
import { createGcpChangeLog } from "./change-log.ts";
import { createGcpDoctor } from "./doctor.ts";
import type { GcpEstate } from "./governed.ts";
import { createGcpInventory } from "./inventory.ts";
import { locateFullName } from "./locate.ts";
import { GCP_REGIONS } from "./limits.ts";
import { GCP_RESOURCE_TYPES } from "./resource-types.ts";
import { createGcpSession, type GcpSessionOptions } from "./session.ts";

export interface GcpProviderOptions extends GcpSessionOptions {
  /** Tell who changed labels, from the audit logs. Default false. */
  readonly changeLog?: boolean | undefined;
  /** Project ids to govern; empty or absent means every active one the credential can find. */
  readonly projects?: readonly string[] | undefined;
  /** Organization number whose projects are governed, at any depth; used when `projects` is empty. */
  readonly organization?: string | undefined;
  /** Folder numbers whose projects are governed, at any depth, besides the organization's. */
  readonly folders?: readonly string[] | undefined;
}

/**
 * Google Cloud behind the cloud port. Importing and creating it loads no SDK and makes no call.
 * @throws {AppError} `config_invalid` for an endpoint that tokens must not be sent to.
 */
export function createGcpProvider(options: GcpProviderOptions): CloudProvider {
  const session = createGcpSession(options);
  const estate: GcpEstate = {
    projects: options.projects ?? [],
    scopes: [
      ...(options.organization === undefined ? [] : [`organizations/${options.organization}`]),
      ...(options.folders ?? []).map((folder) => `folders/${folder}`),
    ],
  };
  const { quotaProject, changeLog = false, timing } = options;
  const now = (): number => timing?.now() ?? Date.now();
  return {
    cloud: "gcp",
    resourceTypes: GCP_RESOURCE_TYPES,
    regions: GCP_REGIONS,
    locate: locateFullName,
    inventory: createGcpInventory(session, estate),
    doctor: createGcpDoctor({ session, estate, quotaProject, changeLog, now }),
    ...(changeLog ? { changeLog: createGcpChangeLog(session, now) } : {}),
    apiCalls: () => session.apiCalls(),
    close: async () => session.close(),
  };
}
