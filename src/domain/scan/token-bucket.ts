export interface TokenBucketOptions {
  /** Calls that may be made at once after a quiet time; at least 1. */
  readonly capacity: number;
  /** Calls allowed per second in the long run; above 0. */
  readonly refillPerSecond: number;
}

/** A rate of calls. Any clock in milliseconds will do; one that steps back gives no extra calls. */
export interface TokenBucket {
  /** Takes a token and returns 0, or takes none and returns the milliseconds until there is one. */
  take(nowMs: number): number;
  /** Another rate from now on. Tokens beyond the new capacity are lost. */
  change(options: TokenBucketOptions, nowMs: number): void;
  /** Throws away what was saved up. */
  drain(nowMs: number): void;
  /** Are there as many tokens as there can be? */
  isFull(nowMs: number): boolean;
}

const MS_PER_SECOND = 1000;

/** In any window of `t` seconds at most `capacity + t × refillPerSecond` calls start. */
export function createTokenBucket(initial: TokenBucketOptions): TokenBucket {
  let { capacity, refillPerSecond } = initial;
  let tokens = capacity;
  let filledAtMs = Number.NEGATIVE_INFINITY;
  const refill = (nowMs: number): void => {
    const elapsedMs = Math.max(0, nowMs - filledAtMs);
    tokens = Math.min(capacity, tokens + (elapsedMs / MS_PER_SECOND) * refillPerSecond);
    filledAtMs = Math.max(filledAtMs, nowMs);
  };
  return {
    take: (nowMs) => {
      refill(nowMs);
      // Rounding in the refill must not make a caller that waited as told wait once more.
      if (tokens < 1 - 1e-9) return Math.ceil(((1 - tokens) / refillPerSecond) * MS_PER_SECOND);
      tokens -= 1;
      return 0;
    },
    change: (options, nowMs) => {
      refill(nowMs);
      ({ capacity, refillPerSecond } = options);
      tokens = Math.min(capacity, tokens);
    },
    drain: (nowMs) => {
      refill(nowMs);
      tokens = Math.min(0, tokens);
    },
    isFull: (nowMs) => {
      refill(nowMs);
      return tokens === capacity;
    },
  };
}
