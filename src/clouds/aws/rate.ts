import type { Clock } from "../../ports/clock.ts";

/** Requests a second. `initial` is where we begin, `ceiling` where clean seconds may lead. */
export interface RateLimit {
  readonly initialPerSecond: number;
  readonly ceilingPerSecond: number;
}

const SHARE_OF_DOCUMENTED = 0.7;
const DECREASE = 0.7;
const INCREASE_PER_SECOND = 0.5;
const CLEAN_MS = 2000;
const FLOOR_PER_SECOND = 0.5;

/** Begins at 70 % of a documented quota: other tools share the account's quota with us. */
export function limitFor(documentedPerSecond: number): RateLimit {
  return {
    initialPerSecond: documentedPerSecond * SHARE_OF_DOCUMENTED,
    ceilingPerSecond: documentedPerSecond,
  };
}

/** One quota of one account, Region and service. */
export interface Bucket {
  /** Takes a token and says how many milliseconds to wait before using it (0: at once). */
  take(): number;
  /** Returns a token that was taken and not used. */
  giveBack(): void;
  /** The service refused a request for its rate: slow down by 30 %. */
  throttled(): void;
  /** The service answered: after 2 s without a refusal, speed up by 0.5 requests a second. */
  succeeded(): void;
  ratePerSecond(): number;
}

/**
 * Token bucket whose rate follows the service: additive increase, multiplicative decrease. Tokens are
 * reserved in order and may be owed, so waiting needs no queue. Holds at most one second of tokens.
 */
export function createBucket(limit: RateLimit, clock: Clock): Bucket {
  let rate = limit.initialPerSecond;
  let tokens = Math.max(1, rate);
  let filledAt = clock.now();
  let calmSince = filledAt;
  let slowedAt = Number.NEGATIVE_INFINITY;
  const refill = (): void => {
    const now = clock.now();
    const gained = (Math.max(0, now - filledAt) / 1000) * rate;
    tokens = Math.min(Math.max(1, rate), tokens + gained);
    filledAt = now;
  };
  return {
    take: () => {
      refill();
      tokens -= 1;
      return tokens >= 0 ? 0 : Math.ceil((-tokens / rate) * 1000);
    },
    giveBack: () => {
      tokens += 1;
    },
    throttled: () => {
      refill();
      const now = clock.now();
      calmSince = now;
      tokens = Math.min(tokens, 0);
      // Requests in flight together are refused together: one event, one step down.
      if (now - slowedAt < 1000 / rate) return;
      slowedAt = now;
      rate = Math.max(FLOOR_PER_SECOND, rate * DECREASE);
    },
    succeeded: () => {
      const now = clock.now();
      if (now - calmSince < CLEAN_MS) return;
      refill();
      calmSince = now;
      rate = Math.min(limit.ceilingPerSecond, rate + INCREASE_PER_SECOND);
    },
    ratePerSecond: () => rate,
  };
}

/** Places for requests in flight, given in order of asking. */
export interface Slots {
  /** Resolves with a function that frees the place. Rejects with the signal's reason on abort. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();
  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else {
      waiting.delete(next);
      next();
    }
  };
  const once = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave();
    };
  };
  return {
    enter: async (signal) => {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return once();
      }
      return new Promise((resolve, reject) => {
        const admit = (): void => {
          signal.removeEventListener("abort", giveUp);
          resolve(once());
        };
        const giveUp = (): void => {
          waiting.delete(admit);
          reject(signal.reason);
        };
        waiting.add(admit);
        signal.addEventListener("abort", giveUp, { once: true });
      });
    },
  };
}
