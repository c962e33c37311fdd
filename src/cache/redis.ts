import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Clock } from "../ports/clock.ts";
import type { Consumption, Limit, Note, SharedState } from "../ports/shared-state.ts";

export interface RedisOptions {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Begins every key. */
  readonly keyPrefix: string;
  /** Told of every trouble with the connection; there can be many. */
  readonly onError: (error: Error) => void;
}

const MS_PER_SECOND = 1000;
/** A call waits no longer for Redis than this: it can go on without. */
const PATIENCE_MS = 100;
const MOST_PATIENCE = 5;
const CONNECT_TIMEOUT_MS = 5000;
const MOST_BETWEEN_ATTEMPTS_MS = 5000;

/** Shared state of all replicas. Every operation fails at once while Redis cannot be reached. */
export async function createRedisState(options: RedisOptions, clock: Clock): Promise<SharedState> {
  const redis = await connect(options);
  const key = (name: string): string => `${options.keyPrefix}${name}`;
  const limiterOf = limiters(redis, options.keyPrefix);
  return {
    consume: (name, points, limit) => inTime(consumeFrom(limiterOf(limit), name, points)),
    note: (name, windowMs) => inTime(note(redis, key(name), { nowMs: clock.now(), windowMs })),
    claim: async (name, ttlMs) =>
      (await inTime(redis.set(key(name), "1", "PX", Math.ceil(ttlMs), "NX"))) === "OK",
    read: async (name) => (await inTime(redis.get(key(name)))) ?? undefined,
    write: async (name, value, ttlMs) => {
      await inTime(redis.set(key(name), value, "PX", Math.ceil(ttlMs)));
    },
    health: () => ({ kind: "shared", sinceMs: null }),
    close: async () => {
      redis.disconnect();
    },
  };
}

/**
 * Gives up on Redis, but not because this process was busy: after half a second without a turn the answer
 * may be there unread, so the time is waited for in steps, between which what arrived is read.
 */
async function inTime<T>(command: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const answer = command.finally(() => answered.abort());
  return Promise.race([answer, giveUp(answered.signal)]);
}

async function giveUp(answered: AbortSignal): Promise<never> {
  for (let step = 0; step < MOST_PATIENCE && !answered.aborted; step += 1) await sleep(PATIENCE_MS);
  throw new Error("Redis did not answer in time.");
}

async function connect(options: RedisOptions): Promise<Redis> {
  const redis = new Redis(options.url, {
    lazyConnect: true,
    // Commands that cannot be sent fail, instead of waiting for a server that may never come.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 200, MOST_BETWEEN_ATTEMPTS_MS),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
  });
  redis.on("error", options.onError);
  // A server that is not there yet is tried again in the background.
  await redis.connect().catch(() => undefined);
  return redis;
}

function limiters(redis: Redis, keyPrefix: string): (limit: Limit) => RateLimiterRedis {
  const made = new Map<string, RateLimiterRedis>();
  return ({ points, windowMs }) => {
    const name = `${points}/${windowMs}`;
    const limiter =
      made.get(name) ??
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `${keyPrefix}limit`,
        points,
        // Whole seconds: less would never end.
        duration: Math.ceil(windowMs / MS_PER_SECOND),
      });
    made.set(name, limiter);
    return limiter;
  };
}

async function note(
  redis: Redis,
  key: string,
  { nowMs, windowMs }: { readonly nowMs: number; readonly windowMs: number },
): Promise<Note> {
  const member = randomUUID();
  const answers = await redis
    .multi()
    .zremrangebyscore(key, "-inf", nowMs - windowMs)
    .zadd(key, nowMs, member)
    .zcard(key)
    .pexpire(key, Math.ceil(windowMs))
    .exec();
  const [failure, count] = answers?.[2] ?? [new Error("no answer"), undefined];
  if (failure !== null) throw failure;
  return {
    count: Number(count),
    forget: async () => {
      await redis.zrem(key, member);
    },
  };
}

/** What the library answers: a result, thrown when the limit is used up. */
async function consumeFrom(
  limiter: RateLimiterRedis,
  key: string,
  points: number,
): Promise<Consumption> {
  const told = (allowed: boolean, result: RateLimiterRes): Consumption => ({
    allowed,
    used: result.consumedPoints,
    resetsAfterMs: Math.max(0, result.msBeforeNext),
  });
  try {
    return told(true, await limiter.consume(key, points));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return told(false, refusal);
    throw refusal;
  }
}
