import { once } from "../app/once.ts";
import type { ScheduledScanStatus } from "../app/health.ts";
import type { TakeSnapshot } from "../app/take-snapshot.ts";
import type { Logger } from "../ports/logger.ts";
import { type Scheduler, startScheduler } from "../scheduler/scheduler.ts";
import type { Assemble } from "./assembly.ts";

export interface SchedulerParts {
  /** Runs scheduled jobs until it is stopped; asks nothing of the configuration before its first look. */
  readonly startScheduler: () => Scheduler;
  readonly scheduledScan: () => Promise<ScheduledScanStatus>;
}

async function openRuns(assembly: Assemble) {
  const { database, sharedClock } = await assembly();
  const { createJobRuns } = await import("../storage/leases.ts");
  const [db, clock] = [await database(), await sharedClock()];
  return { db, clock, runs: createJobRuns(db, clock) };
}

export function schedulerParts(
  assembly: Assemble,
  uses: { readonly takeSnapshot: TakeSnapshot; readonly logger: Logger },
): SchedulerParts {
  const opened = once(() => openRuns(assembly));
  const scheduleOf = async () => {
    const {
      enabled,
      schedule: cron,
      timezone,
    } = (await assembly()).settings.config.scheduled_compliance;
    return { enabled, cron, timezone };
  };
  const jobs = async () => {
    const { settings } = await assembly();
    const { db, clock } = await opened();
    const [{ dailySnapshot, retention }, { createPruneHistory }] = await Promise.all([
      import("../scheduler/jobs.ts"),
      import("../storage/history/prune.ts"),
    ]);
    const { retention: days } = settings.config.storage;
    const { enabled, ...schedule } = await scheduleOf();
    return [
      ...(enabled ? [dailySnapshot(schedule, uses.takeSnapshot)] : []),
      retention(
        {
          scans: days.scans_days,
          snapshots: days.snapshots_days,
          tagChanges: days.tag_changes_days,
          goneResources: days.gone_resources_days,
        },
        { prune: createPruneHistory(db), clock, logger: uses.logger },
      ),
    ];
  };
  return {
    startScheduler: () =>
      startScheduler({
        logger: uses.logger,
        runs: async () => (await opened()).runs,
        clock: async () => (await opened()).clock,
        jobs,
      }),
    scheduledScan: async () => {
      const { enabled, ...schedule } = await scheduleOf();
      const [{ runs, clock }, { slotAfter }, { DAILY_SNAPSHOT }] = await Promise.all([
        opened(),
        import("../scheduler/slots.ts"),
        import("../scheduler/jobs.ts"),
      ]);
      return {
        enabled,
        last: await runs.last(DAILY_SNAPSHOT, ["running", "done", "failed"]),
        nextAt: enabled ? slotAfter(schedule, clock.now()) : null,
      };
    },
  };
}
