import { once } from "../app/once.ts";
import type { ScheduledScanStatus } from "../app/health.ts";
import type { TakeSnapshot } from "../app/take-snapshot.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import { type Job, type Scheduler, startScheduler } from "../scheduler/scheduler.ts";
import type { Assemble, Assembly } from "./assembly.ts";

export interface SchedulerParts {
  /** Runs scheduled jobs until it is stopped; asks nothing of the configuration before its first look. */
  readonly startScheduler: () => Scheduler;
  readonly scheduledScan: () => Promise<ScheduledScanStatus>;
  /** For commands, which no scheduler serves: removes old history once a day, after a scan. */
  readonly pruneAfterScan: () => Promise<void>;
}

async function openRuns(assembly: Assemble) {
  const { database, sharedClock } = await assembly();
  const { createJobRuns } = await import("../storage/leases.ts");
  const [db, clock] = [await database(), await sharedClock()];
  return { db, clock, runs: createJobRuns(db, clock) };
}

async function pruningJob(
  { settings }: Assembly,
  { db, clock }: Awaited<ReturnType<typeof openRuns>>,
  logger: Logger,
): Promise<Job> {
  const [{ retention }, { createPruneHistory }] = await Promise.all([
    import("../scheduler/jobs.ts"),
    import("../storage/history/prune.ts"),
  ]);
  const days = settings.config.storage.retention;
  return retention(
    {
      scans: days.scans_days,
      snapshots: days.snapshots_days,
      tagChanges: days.tag_changes_days,
      goneResources: days.gone_resources_days,
    },
    { prune: createPruneHistory(db), clock, logger },
  );
}

export function schedulerParts(
  assembly: Assemble,
  uses: {
    readonly takeSnapshot: TakeSnapshot;
    readonly logger: Logger;
    readonly metrics: Metrics;
  },
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
  const pruning = async () => pruningJob(await assembly(), await opened(), uses.logger);
  const jobs = async () => {
    const { notify_on_failure: alarms } = (await assembly()).settings.config.scheduled_compliance;
    const { dailySnapshot } = await import("../scheduler/jobs.ts");
    const { enabled, ...schedule } = await scheduleOf();
    const daily = dailySnapshot({ schedule, alarms }, uses.takeSnapshot);
    return [...(enabled ? [daily] : []), await pruning()];
  };
  return {
    startScheduler: () =>
      startScheduler({
        logger: uses.logger,
        metrics: uses.metrics,
        runs: async () => (await opened()).runs,
        clock: async () => (await opened()).clock,
        jobs,
      }),
    pruneAfterScan: async () => {
      const { freshInventories } = await assembly();
      if (!freshInventories.begun() || !(await freshInventories()).hasScanned()) return;
      const [job, { runSlotOnce }] = [await pruning(), await import("../scheduler/run-once.ts")];
      await runSlotOnce(job, await opened());
    },
    scheduledScan: async () => {
      const { enabled, ...schedule } = await scheduleOf();
      const [{ runs, clock }, { slotAfter, slotAtOrBefore }, { DAILY_SNAPSHOT }] =
        await Promise.all([
          opened(),
          import("../scheduler/slots.ts"),
          import("../scheduler/jobs.ts"),
        ]);
      const last = await runs.last(DAILY_SNAPSHOT, ["running", "done", "failed"]);
      return {
        enabled,
        last,
        dueAt: enabled ? slotAtOrBefore(schedule, clock.now()) : null,
        nowMs: clock.now(),
        nextAt: enabled ? slotAfter(schedule, clock.now()) : null,
      };
    },
  };
}
