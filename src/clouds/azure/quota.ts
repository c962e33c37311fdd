import type { Timing } from "../../domain/scan/backoff.ts";
import { parseDurationMs } from "./errors.ts";
import { QUERIES_PER_WINDOW } from "./limits.ts";

type Header = (name: string) => string | undefined;

/** Lets through as many queries as the window has left; the others wait for it to start again. */
export interface QuotaGate {
  /**
   * Resolves when a query may be sent; each must be followed by one call of what it resolves to, with
   * the headers of the answer, or undefined when none came.
   */
  enter(signal: AbortSignal): Promise<(header: Header | undefined) => void>;
}

/** Readings of one window differ by less: Azure gives whole seconds. */
const ROUNDING_MS = 1000;

/**
 * Resource Graph counts queries per user, and tells with each answer how many are left and when the
 * count starts again (learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
 * Queries under way are taken off what is left, because the answer may not have counted them yet.
 */
export function createQuotaGate(timing: Timing): QuotaGate {
  let full = QUERIES_PER_WINDOW;
  let left = full;
  let inFlight = 0;
  /**
   * The earliest end that any answer of this window told of. None of them is too early: all are
   * rounded up to whole seconds, and late by their way here.
   */
  let endsMs = Number.NEGATIVE_INFINITY;
  let changed = Promise.withResolvers<void>();

  const note = (header: Header): void => {
    const remaining = header("x-ms-user-quota-remaining");
    const resetsAfterMs = parseDurationMs(header("x-ms-user-quota-resets-after") ?? "");
    if (remaining === undefined || !/^\d+$/.test(remaining) || resetsAfterMs === undefined) return;
    const end = timing.now() + resetsAfterMs;
    const sameWindow = timing.now() < endsMs && end <= endsMs + ROUNDING_MS;
    full = Math.max(full, Number(remaining) + 1);
    left = sameWindow ? Math.min(left, Number(remaining)) : Number(remaining);
    endsMs = sameWindow ? Math.min(endsMs, end) : end;
  };

  const untilChange = async (signal: AbortSignal): Promise<void> => {
    const enough = new AbortController();
    const pauseMs = endsMs - timing.now();
    const reset =
      pauseMs > 0 ? [timing.sleep(pauseMs, AbortSignal.any([signal, enough.signal]))] : [];
    try {
      await Promise.race([...(inFlight > 0 ? [changed.promise] : []), ...reset]);
    } finally {
      enough.abort();
    }
  };

  return {
    enter: async (signal) => {
      for (;;) {
        signal.throwIfAborted();
        if (timing.now() >= endsMs) left = full;
        if (left > inFlight) break;
        await untilChange(signal);
      }
      inFlight += 1;
      return (header) => {
        inFlight -= 1;
        if (header !== undefined) note(header);
        changed.resolve();
        changed = Promise.withResolvers<void>();
      };
    },
  };
}
