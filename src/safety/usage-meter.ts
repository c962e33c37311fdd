/** What one call used of a count that all calls share. */
export interface MeteredUse {
  /** Ends the measurement. @returns the call's part of what was counted meanwhile. */
  stop(): number;
}

/**
 * Divides a shared count over those who run: what is counted while several run is split evenly, so the
 * parts add up to the whole and no request is charged twice.
 * @param total grows by one with every request sent to a cloud
 */
export function createUsageMeter(total: () => number): { start(): MeteredUse } {
  const running = new Set<{ used: number }>();
  let seen = total();
  const settle = (): void => {
    const now = total();
    const share = running.size === 0 ? 0 : (now - seen) / running.size;
    for (const one of running) one.used += share;
    seen = now;
  };
  return {
    start() {
      settle();
      const one = { used: 0 };
      running.add(one);
      return {
        stop() {
          settle();
          running.delete(one);
          return Math.round(one.used);
        },
      };
    },
  };
}
