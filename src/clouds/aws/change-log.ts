import { actorsFrom, type LogReading } from "../../domain/change-log/actors.ts";
import type { Window } from "../../domain/change-log/last-actor.ts";
import type { ChangeLog, TagChangeSeen } from "../../ports/change-log.ts";
import type { AwsCalls } from "./calls.ts";
import type { AwsSettings } from "./options.ts";
import { GLOBAL } from "./region-names.ts";
import type { Sessions } from "./session.ts";
import { parseTrailRecord, tagEventNames, type TrailWrite } from "./trail-events.ts";

/** Services without Regions write their history to one (CloudTrail User Guide, "global service events"). */
const REGION_OF_GLOBAL = "us-east-1";

/** Of one event name in one Region: 1,000 events, in some ten seconds. */
const MAX_PAGES = 20;

/**
 * Reads CloudTrail's event history, which every account has for 90 days with nothing set up. The events of
 * each tagging operation are read once for all resources of an account and Region: asking by resource would
 * be a request for each, at two a second, and miss those that the tagging API made.
 */
export function createAwsChangeLog(
  sessions: Sessions,
  { clock }: Pick<AwsSettings, "clock">,
): ChangeLog {
  return {
    actorsOf: (changes, signal) =>
      actorsFrom(
        {
          cloud: "aws",
          nowMs: clock.now(),
          keyOf: ({ account, region }) => `${account} ${region}`,
          read: async (group, window) => {
            // Which account is the caller's own decides whether a role is assumed.
            await sessions.caller(signal);
            return readEvents(sessions.calls, group, window, signal);
          },
        },
        changes,
      ),
  };
}

async function readEvents(
  calls: AwsCalls,
  changes: readonly TagChangeSeen[],
  window: Window,
  signal: AbortSignal,
): Promise<LogReading> {
  const [{ account, region } = { account: "", region: GLOBAL }] = changes;
  const place = { account, region: region === GLOBAL ? REGION_OF_GLOBAL : region };
  const target = { service: "cloudTrail", ...place } as const;
  const names = new Set(changes.flatMap(({ resourceId }) => tagEventNames(resourceId)));
  const parts = await Promise.all(
    [...names].map(async (eventName) => {
      const events: TrailWrite[] = [];
      let token: string | undefined;
      for (let pages = 0; pages < MAX_PAGES; pages += 1) {
        const page = await calls.call(target, signal, (api, own) =>
          api.lookupEvents({ eventName, ...window }, token, own),
        );
        events.push(...page.records.flatMap((record) => parseTrailRecord(record) ?? []));
        token = page.next;
        if (token === undefined) return { events, complete: true };
      }
      return { events, complete: false };
    }),
  );
  const events = parts.flatMap((part) => part.events);
  return {
    complete: parts.every(({ complete }) => complete),
    writesOf: ({ resourceId }) => events.filter((event) => event.touches(resourceId)),
  };
}
