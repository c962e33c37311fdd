import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Clock } from "../ports/clock.ts";
import type { Consumption, Limit, Note, SharedState } from "../ports/shared-state.ts";

/**
 * Entries of one kind kept at most, about 25 MB with the longest answers; the oldest make room. Callers
 * choose keys, so there must be an end. A question is written before its answer is, and so goes first.
 */
const MAX_ENTRIES = 10_000;
const MS_PER_SECOND = 1000;

interface Entry {
  readonly value: string;
  readonly endsAtMs: number;
}

/** Shared state of one process: the whole truth when there is one, its own share when there are more. */
export function createInProcessState(clock: Clock): SharedState {
  const limiters = new Map<string, RateLimiterMemory>();
  const notes = new Map<string, number[]>();
  const entries = new Map<string, Entry>();
  const read = (key: string): string | undefined => {
    const entry = entries.get(key);
    return entry !== undefined && entry.endsAtMs > clock.now() ? entry.value : undefined;
  };
  const write = (key: string, value: string, ttlMs: number): void => {
    entries.delete(key);
    entries.set(key, { value, endsAtMs: clock.now() + ttlMs });
    dropOldest(entries);
  };
  return {
    consume: (key, points, limit) => consumeFrom(limiterFor(limiters, limit), key, points),
    note: async (key, windowMs) => noteIn(notes, key, { nowMs: clock.now(), windowMs }),
    claim: async (key, ttlMs) => {
      if (read(key) !== undefined) return false;
      write(key, "", ttlMs);
      return true;
    },
    read: async (key) => read(key),
    write: async (key, value, ttlMs) => write(key, value, ttlMs),
    health: () => ({ kind: "alone", sinceMs: null }),
    close: async () => undefined,
  };
}

function limiterFor(limiters: Map<string, RateLimiterMemory>, limit: Limit): RateLimiterMemory {
  const name = `${limit.points}/${limit.windowMs}`;
  const known = limiters.get(name);
  if (known !== undefined) return known;
  const made = new RateLimiterMemory({
    points: limit.points,
    duration: limit.windowMs / MS_PER_SECOND,
  });
  limiters.set(name, made);
  return made;
}

/** What both limiters of the library answer: a result, thrown when the limit is used up. */
export async function consumeFrom(
  limiter: Pick<RateLimiterMemory, "consume">,
  key: string,
  points: number,
): Promise<Consumption> {
  const told = (allowed: boolean, result: RateLimiterRes): Consumption => ({
    allowed,
    used: result.consumedPoints,
    resetsAfterMs: Math.max(0, result.msBeforeNext),
  });
  try {
    return told(true, await limiter.consume(key, points));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return told(false, refusal);
    throw refusal;
  }
}

function noteIn(
  notes: Map<string, number[]>,
  key: string,
  { nowMs, windowMs }: { readonly nowMs: number; readonly windowMs: number },
): Note {
  const recent = (notes.get(key) ?? []).filter((at) => at > nowMs - windowMs);
  recent.push(nowMs);
  notes.delete(key);
  notes.set(key, recent);
  dropOldest(notes);
  return {
    count: recent.length,
    forget: async () => {
      const kept = notes.get(key);
      const at = kept?.indexOf(nowMs) ?? -1;
      if (at >= 0) kept?.splice(at, 1);
    },
  };
}

function dropOldest(map: Map<string, unknown>): void {
  if (map.size <= MAX_ENTRIES) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
