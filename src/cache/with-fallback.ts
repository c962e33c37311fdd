import type { Clock } from "../ports/clock.ts";
import type { Limit, SharedState, SharedStateHealth } from "../ports/shared-state.ts";

export interface FallbackOptions {
  /** Processes that share the limits: while each counts for itself, each grants its part. */
  readonly replicas: number;
  readonly clock: Clock;
  /** Told once when the shared store is lost, and once when it is back. */
  readonly onChange: (health: SharedStateHealth) => void;
}

/** After a failure the shared store is left alone for so long, so that calls do not wait for it each time. */
const PAUSE_MS = 2000;

/**
 * The shared store while it answers, and this process's own share while it does not: callers keep being
 * answered within limits that are, over all replicas, about the same. A confirmation or a repetition that
 * only the lost store knew of is not known then: the first has to be asked for again.
 */
export function withFallback(
  shared: SharedState,
  own: SharedState,
  { replicas, clock, onChange }: FallbackOptions,
): SharedState {
  let lostSinceMs: number | null = null;
  let tryAgainAtMs = 0;
  const health = (): SharedStateHealth => ({
    kind: lostSinceMs === null ? "shared" : "degraded",
    sinceMs: lostSinceMs,
  });
  const lost = (): void => {
    tryAgainAtMs = clock.now() + PAUSE_MS;
    if (lostSinceMs !== null) return;
    lostSinceMs = clock.now();
    onChange(health());
  };
  const found = (): void => {
    if (lostSinceMs === null) return;
    lostSinceMs = null;
    onChange(health());
  };
  const either = async <T>(ask: (state: SharedState) => Promise<T>): Promise<T> => {
    if (clock.now() < tryAgainAtMs) return ask(own);
    try {
      const answer = await ask(shared);
      found();
      return answer;
    } catch {
      lost();
      return ask(own);
    }
  };
  const share = ({ points, windowMs }: Limit): Limit => ({
    points: Math.ceil(points / replicas),
    windowMs,
  });
  return {
    consume: (key, points, limit) =>
      either((state) => state.consume(key, points, state === own ? share(limit) : limit)),
    note: async (key, windowMs) => {
      const note = await either((state) => state.note(key, windowMs));
      // A note that cannot be taken back ends by itself.
      return { count: note.count, forget: () => note.forget().catch(lost) };
    },
    claim: (key, ttlMs) => either((state) => state.claim(key, ttlMs)),
    read: (key) => either((state) => state.read(key)),
    write: (key, value, ttlMs) => either((state) => state.write(key, value, ttlMs)),
    health,
    close: async () => {
      await shared.close();
      await own.close();
    },
  };
}
