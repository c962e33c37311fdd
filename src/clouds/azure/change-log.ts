import { actorsFrom, type LogReading } from "../../domain/change-log/actors.ts";
import type { Window } from "../../domain/change-log/last-actor.ts";
import type { ChangeLog, TagChangeSeen } from "../../ports/change-log.ts";
import { activityCall, type ActivityWrite, parseActivity } from "./activity-events.ts";
import { azureUnseen } from "./errors.ts";
import type { AzureSession } from "./session.ts";
import { governedByAll, type Tenant } from "./tenants.ts";

/** Pages of one resource group. */
const MAX_PAGES = 20;

/**
 * Reads the Activity Log, which every subscription has for 90 days with nothing set up: once for each
 * resource group with a change.
 * @param now Epoch milliseconds.
 */
export function createAzureChangeLog(tenants: readonly Tenant[], now: () => number): ChangeLog {
  return {
    actorsOf: (changes, signal) => {
      const sessionOf = sessionsOf(tenants, signal);
      return actorsFrom(
        {
          cloud: "azure",
          nowMs: now(),
          keyOf: ({ account, resourceId }) =>
            `${account} ${resourceGroupOf(resourceId)?.toLowerCase() ?? ""}`,
          read: async (group, window) =>
            readEvents(await sessionOf(group[0]?.account ?? ""), group, window, signal),
        },
        changes,
      );
    },
  };
}

type SessionOf = (subscription: string) => Promise<AzureSession>;

/** Whose credentials read a subscription; a single tenant is not asked for that. */
function sessionsOf(tenants: readonly Tenant[], signal: AbortSignal): SessionOf {
  const [only, ...others] = tenants;
  if (only !== undefined && others.length === 0) return async () => only.session;
  let governed: ReturnType<typeof governedByAll> | undefined;
  return async (subscription) => {
    governed ??= governedByAll(tenants, signal);
    const { subscriptions } = await governed;
    const session = subscriptions.find(({ id }) => id === subscription)?.session ?? null;
    if (session === null) throw azureUnseen();
    return session;
  };
}

async function readEvents(
  session: AzureSession,
  [first]: readonly TagChangeSeen[],
  window: Window,
  signal: AbortSignal,
): Promise<LogReading> {
  const writes: ActivityWrite[] = [];
  const writesOf: LogReading["writesOf"] = ({ resourceId }) =>
    writes.filter(({ resource }) => resource === resourceId.toLowerCase());
  let call = activityCall({
    subscription: first?.account ?? "",
    resourceGroup: resourceGroupOf(first?.resourceId ?? ""),
    ...window,
  });
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { body } = await session.send(call, signal);
    const page = parseActivity(body);
    writes.push(...page.writes);
    if (page.next === undefined) return { complete: true, writesOf };
    call = page.next;
  }
  return { complete: false, writesOf };
}

/** Null for the subscription itself. */
function resourceGroupOf(id: string): string | null {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? null;
}
