import type { PruneHistory } from "../ports/history.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { TakeSnapshot } from "../app/take-snapshot.ts";
import type { Job } from "./scheduler.ts";

export const DAILY_SNAPSHOT = "scheduled_compliance";

/** The daily scan of everything, in the background of whatever else is asked. */
export function dailySnapshot(
  { schedule, alarms }: Pick<Job, "schedule" | "alarms">,
  takeSnapshot: TakeSnapshot,
): Job {
  return {
    name: DAILY_SNAPSHOT,
    schedule,
    alarms: alarms ?? false,
    run: async (signal) => {
      const { id } = await takeSnapshot({ kind: "scheduled", signal });
      return { scanId: id };
    },
  };
}

export interface RetentionDays {
  readonly scans: number;
  readonly snapshots: number;
  readonly tagChanges: number;
  readonly goneResources: number;
}

const MS_PER_DAY = 86_400_000;

/** Removes history beyond its limits, once a day at a quiet hour. */
export function retention(
  days: RetentionDays,
  {
    prune,
    clock,
    logger,
  }: { readonly prune: PruneHistory; readonly clock: Clock; readonly logger: Logger },
): Job {
  return {
    name: "retention",
    schedule: { cron: "40 4 * * *", timezone: "UTC" },
    run: async (signal) => {
      const ago = (limit: number): number => clock.now() - limit * MS_PER_DAY;
      const removed = await prune(
        {
          scansMs: ago(days.scans),
          snapshotsMs: ago(days.snapshots),
          tagChangesMs: ago(days.tagChanges),
          goneResourcesMs: ago(days.goneResources),
        },
        signal,
      );
      logger.info("history pruned", { ...removed });
      return { scanId: null };
    },
  };
}
