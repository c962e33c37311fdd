import { createTokenBucket, type TokenBucket } from "../../domain/scan/token-bucket.ts";
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

/** One quota of one account, Region and service, whose rate follows what the service says. */
export interface AdaptiveBucket extends Pick<TokenBucket, "take"> {
  /** The service refused a request for its rate: slow down by 30 %. */
  throttled(): void;
  /** The service answered: after 2 s without a refusal, speed up by 0.5 requests a second. */
  succeeded(): void;
  ratePerSecond(): number;
  /** Nothing was held against it, and nothing of a second's tokens is used: it is as a new one. */
  isAtRest(): boolean;
}

/** Additive increase, multiplicative decrease. Holds at most one second of tokens. */
export function createAdaptiveBucket(limit: RateLimit, clock: Clock): AdaptiveBucket {
  let rate = limit.initialPerSecond;
  let calmSince = clock.now();
  let slowedAt = Number.NEGATIVE_INFINITY;
  const settings = () => ({ capacity: Math.max(1, rate), refillPerSecond: rate });
  const bucket = createTokenBucket(settings());
  return {
    take: (nowMs) => bucket.take(nowMs),
    throttled: () => {
      const now = clock.now();
      calmSince = now;
      bucket.drain(now);
      // Requests in flight together are refused together: one event, one step down.
      if (now - slowedAt < 1000 / rate) return;
      slowedAt = now;
      rate = Math.max(FLOOR_PER_SECOND, rate * DECREASE);
      bucket.change(settings(), now);
    },
    succeeded: () => {
      const now = clock.now();
      if (rate >= limit.ceilingPerSecond || now - calmSince < CLEAN_MS) return;
      calmSince = now;
      rate = Math.min(limit.ceilingPerSecond, rate + INCREASE_PER_SECOND);
      bucket.change(settings(), now);
    },
    ratePerSecond: () => rate,
    isAtRest: () => rate >= limit.initialPerSecond && bucket.isFull(clock.now()),
  };
}
