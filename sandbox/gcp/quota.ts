/** searchAllResources in a minute and project (cloud.google.com/asset-inventory/docs/quota). */
const SEARCHES = 400;
const WINDOW_MS = 60_000;

/** False when the minute's searches are used up. */
export type TakeSearch = () => boolean;

/** A minute that begins with its first search; Google's quotas of requests are filled again as a whole. */
export function createSearchQuota(nowMs: () => number): TakeSearch {
  let openedMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  return () => {
    const now = nowMs();
    if (now - openedMs >= WINDOW_MS) {
      openedMs = now;
      used = 0;
    }
    used += 1;
    return used <= SEARCHES;
  };
}
