/** Real token buckets, one per key, as AWS keeps them per account, Region and service. */
export interface TokenBuckets {
  /** Takes a token; false when there is none. */
  take(key: string): boolean;
}

/**
 * @param ratePerSecond Tokens that flow in, and the most a bucket holds (at least one).
 * @param nowMs A clock that never goes back, in milliseconds.
 */
export function createTokenBuckets(
  ratePerSecond: number,
  nowMs: () => number = () => performance.now(),
): TokenBuckets {
  const most = Math.max(1, ratePerSecond);
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    take: (key) => {
      const now = nowMs();
      const { tokens, atMs } = buckets.get(key) ?? { tokens: most, atMs: now };
      const filled = Math.min(most, tokens + ((now - atMs) / 1000) * ratePerSecond);
      const granted = filled >= 1;
      buckets.set(key, { tokens: granted ? filled - 1 : filled, atMs: now });
      return granted;
    },
  };
}
