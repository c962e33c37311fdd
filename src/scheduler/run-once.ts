import type { Clock } from "../ports/clock.ts";
import type { JobRuns } from "../ports/lease.ts";
import type { Job } from "./scheduler.ts";
import { slotAtOrBefore } from "./slots.ts";

/** A process that ends after its answer must not be held up for long. */
const LONGEST_MS = 5_000;
const LIMITS = { silentAfterMs: 60_000, retryAfterMs: 0, maxAttempts: 20 };

/**
 * Runs a job where no scheduler does: for its present slot, unless any process has completed that. What is
 * not done in five seconds is left to the next call.
 * @returns true when this call completed the slot.
 */
export async function runSlotOnce(
  job: Job,
  { runs, clock }: { readonly runs: JobRuns; readonly clock: Clock },
): Promise<boolean> {
  const slotAt = slotAtOrBefore(job.schedule, clock.now());
  const slot = slotAt === null ? null : await runs.claim(job.name, slotAt, LIMITS);
  if (slot === null) return false;
  try {
    await job.run(AbortSignal.timeout(LONGEST_MS));
    return await slot.finish({ state: "done", scanId: null, error: null });
  } catch {
    // The job is tried again by whoever comes next, and told of there.
    await slot.finish({ state: "failed", scanId: null, error: "cancelled" });
    return false;
  }
}
