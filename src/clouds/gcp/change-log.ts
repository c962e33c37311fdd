import { actorsFrom, type LogReading } from "../../domain/change-log/actors.ts";
import type { Window } from "../../domain/change-log/last-actor.ts";
import type { ChangeLog, TagChangeSeen } from "../../ports/change-log.ts";
import {
  type AuditWrite,
  entriesBody,
  entriesCall,
  nameInLog,
  parseEntries,
} from "./audit-entries.ts";
import type { GcpSession } from "./session.ts";

/** Of one query: 20,000 entries. */
const MAX_PAGES = 20;

/**
 * Resources that one query names: a filter may have 20,000 characters (reference of `entries.list`).
 */
const RESOURCES_PER_QUERY = 40;

/**
 * Reads the Admin Activity audit logs, which every project has for 400 days, cannot be switched off and
 * cost nothing (cloud.google.com/logging/docs/audit, "Admin Activity audit logs").
 * @param now Epoch milliseconds.
 */
export function createGcpChangeLog(session: GcpSession, now: () => number): ChangeLog {
  return {
    actorsOf: (changes, signal) => {
      const seen = new Map<string, number>();
      return actorsFrom(
        {
          cloud: "gcp",
          nowMs: now(),
          keyOf: ({ account }) => {
            const before = seen.get(account) ?? 0;
            seen.set(account, before + 1);
            return `${account} ${Math.floor(before / RESOURCES_PER_QUERY)}`;
          },
          read: (group, window) => readEntries(session, group, window, signal),
        },
        changes,
      );
    },
  };
}

async function readEntries(
  session: GcpSession,
  changes: readonly TagChangeSeen[],
  window: Window,
  signal: AbortSignal,
): Promise<LogReading> {
  const names = changes.map(({ resourceId }) => nameInLog(resourceId));
  const query = { project: changes[0]?.account ?? "", names, ...window };
  const writes: AuditWrite[] = [];
  const writesOf: LogReading["writesOf"] = ({ resourceId }) => {
    const name = nameInLog(resourceId);
    return writes.filter(({ resource }) => resource === name || resource.endsWith(`/${name}`));
  };
  let pageToken: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const body = await session.post(entriesCall(), entriesBody(query, pageToken), signal);
    const page = parseEntries(body);
    writes.push(...page.writes);
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return { complete: true, writesOf };
  }
  return { complete: false, writesOf };
}
