import type { Clock } from "../ports/clock.ts";
import type { ProgressUpdate } from "./define.ts";

/** At most two notifications a second: more would cost the client's context and say nothing new. */
const MIN_INTERVAL_MS = 500;

export interface ProgressReporter {
  report(update: ProgressUpdate): void;
  /** After the answer nothing may be sent any more. */
  stop(): void;
}

/**
 * Passes on updates that are due and have grown; MCP requires `progress` to increase with each
 * notification. The rest is dropped, so a caller may report as often as it likes.
 */
export function createProgressReporter(
  clock: Clock,
  send: (update: ProgressUpdate) => void,
): ProgressReporter {
  let lastSentAt = Number.NEGATIVE_INFINITY;
  let lastDone = Number.NEGATIVE_INFINITY;
  let stopped = false;
  return {
    report(update) {
      const now = clock.now();
      if (stopped || update.done <= lastDone || now - lastSentAt < MIN_INTERVAL_MS) return;
      lastSentAt = now;
      lastDone = update.done;
      send(update);
    },
    stop() {
      stopped = true;
    },
  };
}
