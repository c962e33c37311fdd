/** Resource Graph's documented allowance for one user: 15 queries in 5 seconds. */
const QUERIES = 15;
const WINDOW_MS = 5000;

export interface QuotaUse {
  readonly allowed: boolean;
  /** Queries left in this window after this one. */
  readonly remaining: number;
  /** Whole seconds until the window is full again. */
  readonly resetsAfterS: number;
}

export interface Quota {
  take(): QuotaUse;
}

/** A window that opens with its first query and is full again when it closes. */
export function createQuota(nowMs: () => number): Quota {
  let openedMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  return {
    take: () => {
      const now = nowMs();
      if (now - openedMs >= WINDOW_MS) {
        openedMs = now;
        used = 0;
      }
      used += 1;
      return {
        allowed: used <= QUERIES,
        remaining: Math.max(0, QUERIES - used),
        resetsAfterS: Math.ceil((openedMs + WINDOW_MS - now) / 1000),
      };
    },
  };
}

/** Always the answer to a first query: for measuring a client, not Azure's patience. */
export function unlimited(): Quota {
  return { take: () => ({ allowed: true, remaining: QUERIES - 1, resetsAfterS: 5 }) };
}
