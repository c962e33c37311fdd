import { AppError } from "../errors.ts";

/** Bounds of repeating one call. */
export interface RetryLimits {
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  /** Upper bound of the first pause; it doubles with every further attempt. */
  readonly baseDelayMs: number;
  /** No pause is longer. A cloud that asks for more is not waited for: the caller decides. */
  readonly maxDelayMs: number;
}

/** 5 attempts, pauses up to 0.5 s, 1 s, 2 s, 4 s; a cloud's own wish is honoured up to 30 s. */
export const DEFAULT_RETRY_LIMITS: RetryLimits = {
  maxAttempts: 5,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
};

/** The effects a retry needs, handed in so that tests own time and chance. */
export interface Timing {
  /** Epoch milliseconds. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Rejects at once when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Retrying {
  readonly limits: RetryLimits;
  readonly timing: Timing;
  readonly signal: AbortSignal;
  /** Told before every pause. */
  readonly onRetry?: (error: AppError, delayMs: number) => void;
}

/** A silent socket already cost a whole deadline: it gets one more chance, not four. */
const MAX_ATTEMPTS_AFTER_TIMEOUT = 2;

/**
 * Calls `attempt` until it succeeds, fails for good or the limits are reached; then throws its last
 * error. Only `cloud_throttled`, `cloud_unavailable` and `cloud_timeout` are worth repeating.
 */
export async function withRetry<T>(retrying: Retrying, attempt: () => Promise<T>): Promise<T> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      const delayMs = retryDelayMs(error, made, retrying);
      if (!(error instanceof AppError) || delayMs === undefined) throw error;
      retrying.onRetry?.(error, delayMs);
      await retrying.timing.sleep(delayMs, retrying.signal);
    }
  }
}

/** Milliseconds to pause after attempt number `made` failed with `error`; undefined to give up. */
export function retryDelayMs(
  error: unknown,
  made: number,
  { limits, timing }: Pick<Retrying, "limits" | "timing">,
): number | undefined {
  if (!(error instanceof AppError) || made >= attemptsFor(error, limits)) return undefined;
  const askedMs = error.retryAfterMs ?? 0;
  if (askedMs > limits.maxDelayMs) return undefined;
  const ceilingMs = Math.min(limits.maxDelayMs, limits.baseDelayMs * 2 ** (made - 1));
  // Full jitter on top of what the cloud asked for: callers refused together must not return together.
  return Math.min(limits.maxDelayMs, Math.round(askedMs + timing.random() * ceilingMs));
}

function attemptsFor(error: AppError, limits: RetryLimits): number {
  if (error.code === "cloud_timeout")
    return Math.min(limits.maxAttempts, MAX_ATTEMPTS_AFTER_TIMEOUT);
  const passing = error.code === "cloud_throttled" || error.code === "cloud_unavailable";
  return passing ? limits.maxAttempts : 1;
}
