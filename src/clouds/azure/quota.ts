import type { Timing } from "../../domain/scan/backoff.ts";
import { createWaitingLine, type Priority } from "../../domain/scan/waiting-line.ts";
import { parseDurationMs } from "./errors.ts";
import { DEFAULT_MAX_IN_FLIGHT, QUERIES_PER_WINDOW } from "./limits.ts";

type Header = (name: string) => string | undefined;

/**
 * Lets through as many queries as the window has left and as may be under way at once; the others wait
 * in one line, interactive ones first.
 */
export interface QuotaGate {
  /**
   * Resolves when a query may be sent; each must be followed by one call of what it resolves to, with
   * the headers of the answer, or undefined when none came.
   * @param priority Default `interactive`.
   * @throws {AppError} `cancelled` as soon as `signal` aborts.
   */
  enter(signal: AbortSignal, priority?: Priority): Promise<(header: Header | undefined) => void>;
}

/** Readings of one window differ by less: Azure gives whole seconds. */
const ROUNDING_MS = 1000;

/**
 * Resource Graph counts queries per user, and tells with each answer how many are left and when the
 * count starts again (learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
 * Queries under way are taken off what is left, because the answer may not have counted them yet.
 */
export function createQuotaGate(timing: Timing, maxInFlight = DEFAULT_MAX_IN_FLIGHT): QuotaGate {
  const line = createWaitingLine();
  let full = QUERIES_PER_WINDOW;
  let left = full;
  let inFlight = 0;
  /**
   * The earliest end that any answer of this window told of. None of them is too early: all are
   * rounded up to whole seconds, and late by their way here.
   */
  let endsMs = Number.NEGATIVE_INFINITY;
  let nap: AbortController | undefined;

  const note = (header: Header, sentMs: number): void => {
    // Sent in the window before, answered after its end: those that are sent now will tell of this one.
    if (sentMs < endsMs && timing.now() >= endsMs) return;
    const remaining = header("x-ms-user-quota-remaining");
    const resetsAfterMs = parseDurationMs(header("x-ms-user-quota-resets-after") ?? "");
    if (remaining === undefined || !/^\d+$/.test(remaining) || resetsAfterMs === undefined) return;
    const end = timing.now() + resetsAfterMs;
    if (timing.now() < endsMs && end < endsMs - ROUNDING_MS) {
      // A slow answer of the window before: believed, it would end this one too early.
      left = Math.max(0, left - 1);
      return;
    }
    const sameWindow = timing.now() < endsMs && end <= endsMs + ROUNDING_MS;
    full = Math.max(full, Number(remaining) + 1);
    left = sameWindow ? Math.min(left, Number(remaining)) : Number(remaining);
    endsMs = sameWindow ? Math.min(endsMs, end) : end;
  };

  const enough = (): boolean => {
    if (timing.now() >= endsMs) left = full;
    return inFlight < Math.min(left, maxInFlight);
  };

  /** Who still waits for the quota is served again when the window ends, others when a query does. */
  const serve = (): void => {
    while (!line.isEmpty() && enough()) {
      inFlight += 1;
      line.admit();
    }
    const pauseMs = endsMs - timing.now();
    if (line.isEmpty() || pauseMs <= 0 || inFlight >= maxInFlight || nap !== undefined) return;
    nap = new AbortController();
    void serveAfter(pauseMs, nap);
  };

  const serveAfter = async (pauseMs: number, own: AbortController): Promise<void> => {
    await timing.sleep(pauseMs, own.signal).catch(() => undefined);
    if (nap === own) nap = undefined;
    serve();
  };

  return {
    enter: async (signal, priority = "interactive") => {
      const turn = line.wait(signal, priority);
      serve();
      try {
        await turn;
      } finally {
        // No timer outlives the last one who waits for it.
        if (line.isEmpty()) {
          nap?.abort();
          nap = undefined;
        }
      }
      const sentMs = timing.now();
      return (header) => {
        inFlight -= 1;
        if (header !== undefined) note(header, sentMs);
        serve();
      };
    },
  };
}
