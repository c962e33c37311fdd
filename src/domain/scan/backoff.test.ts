import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError, type ErrorCode } from "../errors.ts";
import { type RetryLimits, retryDelayMs, type Timing, withRetry } from "./backoff.ts";

const LIMITS: RetryLimits = { maxAttempts: 4, baseDelayMs: 100, maxDelayMs: 1000 };

function timing(random = 0.5): Timing & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => 0,
    random: () => random,
    sleep: async (ms) => {
      slept.push(ms);
    },
  };
}

async function run(failures: readonly (AppError | Error)[], time = timing()) {
  let made = 0;
  const signal = new AbortController().signal;
  const result = await withRetry({ limits: LIMITS, timing: time, signal }, async () => {
    const failure = failures[made];
    made += 1;
    if (failure !== undefined) throw failure;
    return "read";
  }).catch((error: unknown) => error);
  return { result, made, slept: time.slept };
}

const failure = (code: ErrorCode, retryAfterMs?: number): AppError =>
  new AppError(code, "It failed.", retryAfterMs === undefined ? {} : { retryAfterMs });

describe("withRetry", () => {
  it("repeats with doubling, jittered pauses until it succeeds", async () => {
    const throttled = failure("cloud_throttled");
    expect(await run([throttled, throttled, throttled])).toEqual({
      result: "read",
      made: 4,
      slept: [50, 100, 200],
    });
  });

  it.each<[ErrorCode, number]>([
    ["cloud_throttled", 4],
    ["cloud_unavailable", 4],
    ["cloud_timeout", 2],
    ["cloud_denied", 1],
    ["credentials_expired", 1],
    ["cloud_truncated", 1],
    ["cancelled", 1],
  ])("gives %s %i attempt(s) in all and throws the last error", async (code, attempts) => {
    const errors = Array.from({ length: 9 }, () => failure(code));
    const { result, made } = await run(errors);
    expect(made).toBe(attempts);
    expect(result).toBe(errors[attempts - 1]);
  });

  it("never repeats what is not a known failure", async () => {
    const bug = new TypeError("bug");
    expect(await run([bug])).toMatchObject({ result: bug, made: 1 });
  });

  it("waits at least as long as the cloud asked", async () => {
    expect((await run([failure("cloud_throttled", 700)], timing(0.5))).slept).toEqual([750]);
  });

  it("does not wait for a cloud that asks for more than the longest pause", async () => {
    expect((await run([failure("cloud_throttled", 1001)])).made).toBe(1);
  });

  it("passes on what an interrupted pause threw", async () => {
    const stopped = new Error("stopped");
    const time: Timing = { ...timing(), sleep: () => Promise.reject(stopped) };
    const signal = new AbortController().signal;
    const reading = withRetry({ limits: LIMITS, timing: time, signal }, () =>
      Promise.reject(failure("cloud_throttled")),
    );
    await expect(reading).rejects.toBe(stopped);
  });
});

describe("retryDelayMs", () => {
  it("stays within the longest pause and never under the asked one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 0, max: 1000 }),
        (made, random, askedMs) => {
          const limits = { ...LIMITS, maxAttempts: 31 };
          const delay = retryDelayMs(failure("cloud_throttled", askedMs), made, {
            limits,
            timing: timing(random),
          });
          expect(delay).toBeGreaterThanOrEqual(askedMs);
          expect(delay).toBeLessThanOrEqual(limits.maxDelayMs);
        },
      ),
    );
  });
});
