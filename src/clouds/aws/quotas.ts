import { setTimeout as sleep } from "node:timers/promises";
import { createPacer, type Pacer } from "../../domain/scan/pacer.ts";
import type { Clock } from "../../ports/clock.ts";
import { keyOf, type Service, type Target } from "./clients.ts";
import { LIMITS } from "./limits.ts";
import { type AdaptiveBucket, createAdaptiveBucket } from "./rate.ts";

/** The rate at which one account's service in one Region may be called, and those who wait for it. */
export interface Quota {
  readonly bucket: AdaptiveBucket;
  readonly pacer: Pacer;
}

export interface Quotas {
  of(target: Target<Service>): Quota;
  /** How many are held. */
  size(): number;
}

/** A scan of an organization calls tens of thousands, each for some seconds. */
const MOST_AT_REST = 1_024;

/** The quota of each account, Region and service. One that is at rest may be forgotten: it is as a new one. */
export function createQuotas(clock: Clock): Quotas {
  const quotas = new Map<string, Quota>();
  let forgetAt = MOST_AT_REST;
  const timing = {
    now: () => clock.now(),
    sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
  };
  const forgetThoseAtRest = (): void => {
    for (const [key, { bucket, pacer }] of quotas)
      if (bucket.isAtRest() && pacer.isIdle()) quotas.delete(key);
    forgetAt = Math.max(MOST_AT_REST, 2 * quotas.size);
  };
  return {
    of: (target) => {
      const key = keyOf(target);
      const known = quotas.get(key);
      if (known !== undefined) return known;
      if (quotas.size >= forgetAt) forgetThoseAtRest();
      const bucket = createAdaptiveBucket(LIMITS[target.service], clock);
      const made = { bucket, pacer: createPacer(bucket, timing) };
      quotas.set(key, made);
      return made;
    },
    size: () => quotas.size,
  };
}
