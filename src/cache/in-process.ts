import type { Clock } from "../ports/clock.ts";
import type { Consumption, Limit, Note, SharedState } from "../ports/shared-state.ts";
import { ExpiringMap } from "./expiring-map.ts";

/** Callers with a running window, a few windows each; a caller that makes room begins a new one. */
const MAX_WINDOWS = 20_000;
/** Calls of which repetitions are counted. */
const MAX_CALLS = 10_000;
/** Repetitions of one call that are counted; more count as this many. */
const MAX_NOTES = 1000;
/**
 * Answers, questions and choices, and the characters in them: at most 8 MB where they are Latin, 16 MB
 * where not. A question is written before its answer is, and so goes first.
 */
const MAX_ENTRIES = { entries: 10_000, weight: 8_000_000 };

interface Window {
  readonly endsAtMs: number;
  used: number;
}

/**
 * Shared state of one process: the whole truth when there is one, its own share when there are more. All
 * of it is bounded, however many callers and sessions there are.
 */
export function createInProcessState(clock: Clock): SharedState {
  const windows = new ExpiringMap<Window>(clock, { entries: MAX_WINDOWS });
  const notes = new ExpiringMap<number[]>(clock, { entries: MAX_CALLS });
  const entries = new ExpiringMap<string>(clock, MAX_ENTRIES);
  const write = (key: string, value: string, ttlMs: number): void =>
    entries.set(key, value, {
      endsAtMs: clock.now() + ttlMs,
      weight: key.length + value.length,
    });
  return {
    consume: async (key, points, limit) =>
      consumeIn(windows, key, { points, limit, nowMs: clock.now() }),
    note: async (key, windowMs) => noteIn(notes, key, { nowMs: clock.now(), windowMs }),
    claim: async (key, ttlMs) => {
      if (entries.get(key) !== undefined) return false;
      write(key, "", ttlMs);
      return true;
    },
    read: async (key) => entries.get(key),
    write: async (key, value, ttlMs) => write(key, value, ttlMs),
    health: () => ({ kind: "alone", sinceMs: null }),
    close: async () => undefined,
  };
}

interface Use {
  readonly points: number;
  readonly limit: Limit;
  readonly nowMs: number;
}

function consumeIn(
  windows: ExpiringMap<Window>,
  name: string,
  { points, limit, nowMs }: Use,
): Consumption {
  // Joined: an interpolated text would keep each of its parts, in five times the memory.
  const key = [name, limit.points, limit.windowMs].join(" ");
  const window = windows.get(key) ?? { used: 0, endsAtMs: nowMs + limit.windowMs };
  // A look begins no window.
  if (window.used === 0 && points > 0) windows.set(key, window, window);
  window.used += points;
  return {
    allowed: window.used <= limit.points,
    used: window.used,
    resetsAfterMs: Math.max(0, window.endsAtMs - nowMs),
  };
}

/** Changes the array: that of a call which never ends would be copied with every repetition. */
function noteAgain(noted: number[], nowMs: number, beganMs: number): number[] {
  const since = noted.findIndex((at) => at > beganMs);
  noted.splice(0, since < 0 ? noted.length : Math.max(since, noted.length + 1 - MAX_NOTES));
  noted.push(nowMs);
  return noted;
}

function noteIn(
  notes: ExpiringMap<number[]>,
  key: string,
  { nowMs, windowMs }: { readonly nowMs: number; readonly windowMs: number },
): Note {
  const noted = notes.get(key);
  // Most calls are noted once, and an array that grows makes room for 16 more.
  const recent = noted === undefined ? [nowMs] : noteAgain(noted, nowMs, nowMs - windowMs);
  notes.set(key, recent, { endsAtMs: nowMs + windowMs });
  return {
    count: recent.length,
    forget: async () => {
      const kept = notes.get(key);
      const at = kept?.indexOf(nowMs) ?? -1;
      if (at >= 0) kept?.splice(at, 1);
    },
  };
}
