import { AppError, type ErrorCode } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClaimedSlot, JobRuns, SlotLimits } from "../ports/lease.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import { dueSlots, type Schedule } from "./slots.ts";

export interface Job {
  readonly name: string;
  readonly schedule: Schedule;
  /** Whoever watches the log is to see that it failed or was missed; default: it is a warning. */
  readonly alarms?: boolean;
  /** @returns the scan it made, if any. */
  run(signal: AbortSignal): Promise<{ readonly scanId: string | null }>;
}

export interface SchedulerDeps {
  /** Asked anew at every look, so that a mended configuration needs no restart. */
  readonly jobs: () => Promise<readonly Job[]>;
  readonly runs: () => Promise<JobRuns>;
  readonly clock: () => Promise<Clock>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds between two looks at the schedules; default 15 s. */
  readonly everyMs?: number;
  /** Milliseconds between signs of life of a running job; default 10 s. */
  readonly heartbeatMs?: number;
}

export interface Scheduler {
  /** Stops running jobs in order and waits for them. */
  stop(): Promise<void>;
}

const EVERY_MS = 15_000;
const HEARTBEAT_MS = 10_000;
const LIMITS: SlotLimits = { silentAfterMs: 60_000, retryAfterMs: 300_000, maxAttempts: 3 };

/**
 * Runs jobs when they are due. Several processes may do so over one database: a slot is claimed there,
 * so each is completed once, and one whose process died is taken over.
 */
export function startScheduler(deps: SchedulerDeps): Scheduler {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();

  const look = async (): Promise<void> => {
    const [jobs, runs, clock] = [await deps.jobs(), await deps.runs(), await deps.clock()];
    for (const job of jobs) {
      if (running.has(job.name) || stopping.signal.aborted) continue;
      const slot = await claimDue(deps, { job, runs, nowMs: clock.now() });
      if (slot === null) continue;
      const run = runSlot(deps, { job, slot, stopping: stopping.signal }).finally(() =>
        running.delete(job.name),
      );
      running.set(job.name, run);
    }
  };

  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      deps.logger.warn("the scheduler could not look at its jobs", { error });
    });
  }, deps.everyMs ?? EVERY_MS);
  timer.unref();

  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await looking;
      await Promise.all(running.values());
    },
  };
}

async function claimDue(
  { logger, metrics }: SchedulerDeps,
  { job, runs, nowMs }: { readonly job: Job; readonly runs: JobRuns; readonly nowMs: number },
): Promise<ClaimedSlot | null> {
  const last = await runs.last(job.name, ["running", "done", "failed", "missed"]);
  const { due, missed } = dueSlots(job.schedule, last?.slotAt ?? null, nowMs);
  const recorded = await runs.recordMissed(job.name, missed);
  // On a database that never ran the job the slot before it is recorded too, and was missed by nobody.
  if (last !== null && recorded > 0) {
    metrics.record("scheduledRun", recorded, { job: job.name, outcome: "missed" });
    const fields = { job: job.name, slots: recorded };
    logger[levelOf(job)]("a job was not run when it was due; it is made up for now", fields);
  }
  return due === null ? null : runs.claim(job.name, due, LIMITS);
}

function levelOf({ alarms }: Job): "error" | "warn" {
  return alarms === true ? "error" : "warn";
}

async function runSlot(
  { logger, metrics, heartbeatMs = HEARTBEAT_MS }: SchedulerDeps,
  at: { readonly job: Job; readonly slot: ClaimedSlot; readonly stopping: AbortSignal },
): Promise<void> {
  const { job, slot, stopping } = at;
  const lost = new AbortController();
  const signal = AbortSignal.any([stopping, lost.signal]);
  const heartbeat = setInterval(() => {
    slot.renew().then(
      (ours) => ours || lost.abort(),
      (error: unknown) => logger.warn("a job gave no sign of life", { job: job.name, error }),
    );
  }, heartbeatMs);
  try {
    logger.info("job started", { job: job.name, attempt: slot.attempt });
    const end = await outcome(job, signal);
    const recorded = await slot.finish(end);
    const fields = { job: job.name, ...end, recorded };
    metrics.record("scheduledRun", 1, { job: job.name, outcome: end.state });
    if (end.state === "done") logger.info("job done", fields);
    else logger[levelOf(job)]("job failed", fields);
  } catch (error) {
    logger.error("the end of a job was not recorded", { job: job.name, error });
  } finally {
    clearInterval(heartbeat);
  }
}

async function outcome(
  job: Job,
  signal: AbortSignal,
): Promise<Parameters<ClaimedSlot["finish"]>[0]> {
  try {
    return { state: "done", error: null, ...(await job.run(signal)) };
  } catch (error) {
    const code: ErrorCode = error instanceof AppError ? error.code : "internal";
    return { state: "failed", scanId: null, error: signal.aborted ? "cancelled" : code };
  }
}
