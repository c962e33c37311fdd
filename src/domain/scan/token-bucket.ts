export interface TokenBucketOptions {
  /** Calls that may be made at once after a quiet time; at least 1. */
  readonly capacity: number;
  /** Calls allowed per second in the long run; above 0. */
  readonly refillPerSecond: number;
}

/** A rate that is kept by reservation: whoever asks gets a place in time, in the order of asking. */
export interface TokenBucket {
  /**
   * Takes one call and tells how long to wait before making it, in milliseconds; 0 when it may start
   * now. A reservation is never given back: a caller that gives up has slowed the others by one call.
   * @param nowMs any clock in milliseconds; one that steps back gives no extra calls.
   */
  reserve(nowMs: number): number;
}

const MS_PER_SECOND = 1000;

/** In any window of `t` seconds at most `capacity + t × refillPerSecond` calls start. */
export function createTokenBucket(options: TokenBucketOptions): TokenBucket {
  let tokens = options.capacity;
  let updatedAt = Number.NEGATIVE_INFINITY;
  return {
    reserve: (nowMs) => {
      const elapsedMs = Math.max(0, nowMs - updatedAt);
      const refill = (elapsedMs / MS_PER_SECOND) * options.refillPerSecond;
      tokens = Math.min(options.capacity, tokens + refill) - 1;
      updatedAt = Math.max(updatedAt, nowMs);
      return tokens >= 0 ? 0 : Math.ceil((-tokens / options.refillPerSecond) * MS_PER_SECOND);
    },
  };
}
