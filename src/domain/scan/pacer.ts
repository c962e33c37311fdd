import type { Timing } from "./backoff.ts";
import type { TokenBucket } from "./token-bucket.ts";
import { createWaitingLine, type Priority } from "./waiting-line.ts";

/** Spaces calls as a token bucket allows: interactive callers overtake background ones that wait. */
export interface Pacer {
  /**
   * Resolves when the caller may make its call.
   * @param priority Default `interactive`.
   * @throws {AppError} `cancelled` as soon as `signal` aborts.
   */
  pass(signal: AbortSignal, priority?: Priority): Promise<void>;
  /** Nobody waits. */
  isIdle(): boolean;
}

/** The bucket may change its rate at any time: whoever waits is served at the new one. */
export function createPacer(
  bucket: Pick<TokenBucket, "take">,
  timing: Pick<Timing, "now" | "sleep">,
): Pacer {
  const line = createWaitingLine();
  let nap: AbortController | undefined;

  const serve = async (): Promise<void> => {
    while (!line.isEmpty()) {
      const waitMs = bucket.take(timing.now());
      if (waitMs === 0) line.admit();
      else {
        nap = new AbortController();
        await timing.sleep(waitMs, nap.signal).catch(() => undefined);
      }
    }
    nap = undefined;
  };

  return {
    pass: async (signal, priority = "interactive") => {
      if (!signal.aborted && line.isEmpty() && bucket.take(timing.now()) === 0) return;
      const turn = line.wait(signal, priority);
      if (nap === undefined) void serve();
      try {
        await turn;
      } finally {
        // No timer outlives the last one who waits for it.
        if (line.isEmpty()) nap?.abort();
      }
    },
    isIdle: () => line.isEmpty(),
  };
}
