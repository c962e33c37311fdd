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

/** What an answer tells of the quota; undefined when it does not. */
function readQuota(
  header: Header,
): { readonly remaining: number; readonly resetsAfterMs: number } | undefined {
  const remaining = header("x-ms-user-quota-remaining");
  const resetsAfterMs = parseDurationMs(header("x-ms-user-quota-resets-after") ?? "");
  if (remaining === undefined || !/^\d+$/.test(remaining) || resetsAfterMs === undefined)
    return undefined;
  return { remaining: Number(remaining), resetsAfterMs };
}

/** What is known of the queries of this user in the window that runs. */
interface Window {
  /** Queries of a whole window, as far as seen. */
  full: number;
  left: number;
  /**
   * The earliest end that any answer of this window told of. None of them is too early: all are rounded
   * up to whole seconds, and late by their way here.
   */
  endsMs: number;
}

/** Learns from an answer. */
function note(
  window: Window,
  header: Header,
  { sentMs, nowMs }: { readonly sentMs: number; readonly nowMs: number },
): void {
  // Sent in the window before, answered after its end: those that are sent now will tell of this one.
  if (sentMs < window.endsMs && nowMs >= window.endsMs) return;
  const told = readQuota(header);
  if (told === undefined) return;
  const { remaining, resetsAfterMs } = told;
  const end = nowMs + resetsAfterMs;
  if (nowMs < window.endsMs && end < window.endsMs - ROUNDING_MS) {
    // A slow answer of the window before: believed, it would end this one too early.
    window.left = Math.max(0, window.left - 1);
    return;
  }
  const sameWindow = nowMs < window.endsMs && end <= window.endsMs + ROUNDING_MS;
  window.full = Math.max(window.full, remaining + 1);
  window.left = sameWindow ? Math.min(window.left, remaining) : remaining;
  window.endsMs = sameWindow ? Math.min(window.endsMs, end) : end;
}

/**
 * Resource Graph counts queries per user, and tells with each answer how many are left and when the
 * count starts again (learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
 * Queries under way are taken off what is left, because the answer may not have counted them yet.
 */
export function createQuotaGate(timing: Timing, maxInFlight = DEFAULT_MAX_IN_FLIGHT): QuotaGate {
  const line = createWaitingLine();
  const window: Window = {
    full: QUERIES_PER_WINDOW,
    left: QUERIES_PER_WINDOW,
    endsMs: Number.NEGATIVE_INFINITY,
  };
  let inFlight = 0;
  let nap: AbortController | undefined;

  /** No timer outlives the last one who waits for it. */
  const wake = (): void => {
    nap?.abort();
    nap = undefined;
  };

  const enough = (): boolean => {
    if (timing.now() >= window.endsMs) window.left = window.full;
    return inFlight < Math.min(window.left, maxInFlight);
  };

  /** Who still waits for the quota is served again when the window ends, others when a query does. */
  const serve = (): void => {
    while (!line.isEmpty() && enough()) {
      inFlight += 1;
      line.admit();
    }
    const pauseMs = window.endsMs - timing.now();
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
        if (line.isEmpty()) wake();
      }
      const sentMs = timing.now();
      return (header) => {
        inFlight -= 1;
        if (header !== undefined) note(window, header, { sentMs, nowMs: timing.now() });
        serve();
      };
    },
  };
}
