import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenBucket } from "./token-bucket.ts";

describe("token bucket", () => {
  it("lets a burst of its capacity through and spaces what follows", () => {
    const bucket = createTokenBucket({ capacity: 3, refillPerSecond: 5 });
    expect([0, 0, 0, 0, 0].map((now) => bucket.reserve(now))).toEqual([0, 0, 0, 200, 400]);
  });

  it("fills up again in a quiet time, and never beyond its capacity", () => {
    const bucket = createTokenBucket({ capacity: 2, refillPerSecond: 1 });
    expect([bucket.reserve(0), bucket.reserve(0)]).toEqual([0, 0]);
    expect([60_000, 60_000, 60_000].map((now) => bucket.reserve(now))).toEqual([0, 0, 1000]);
  });

  it("gives nothing for a clock that steps back", () => {
    const bucket = createTokenBucket({ capacity: 1, refillPerSecond: 1 });
    expect(bucket.reserve(10_000)).toBe(0);
    expect(bucket.reserve(0)).toBe(1000);
  });

  it("never starts more calls in a window than its capacity and rate allow", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 150 }),
        (capacity, refillPerSecond, gapsMs) => {
          const bucket = createTokenBucket({ capacity, refillPerSecond });
          let now = 0;
          const starts = gapsMs.map((gap) => {
            now += gap;
            return now + bucket.reserve(now);
          });
          for (const from of starts) {
            const inWindow = starts.filter((at) => at >= from && at < from + 1000).length;
            expect(inWindow).toBeLessThanOrEqual(capacity + refillPerSecond + 1);
          }
        },
      ),
    );
  });
});
