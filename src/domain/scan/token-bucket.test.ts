import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenBucket } from "./token-bucket.ts";

describe("token bucket", () => {
  it("lets a burst of its capacity through and tells when the next may follow", () => {
    const bucket = createTokenBucket({ capacity: 3, refillPerSecond: 5 });
    expect([0, 0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 0, 200, 200]);
    expect([199, 200, 200].map((now) => bucket.take(now))).toEqual([1, 0, 200]);
  });

  it("fills up again in a quiet time, and never beyond its capacity", () => {
    const bucket = createTokenBucket({ capacity: 2, refillPerSecond: 1 });
    expect([bucket.take(0), bucket.take(0)]).toEqual([0, 0]);
    expect([60_000, 60_000, 60_000].map((now) => bucket.take(now))).toEqual([0, 0, 1000]);
  });

  it("gives nothing for a clock that steps back", () => {
    const bucket = createTokenBucket({ capacity: 1, refillPerSecond: 1 });
    expect(bucket.take(10_000)).toBe(0);
    expect(bucket.take(0)).toBe(1000);
  });

  it("goes on at another rate, and forgets what it saved when drained", () => {
    const bucket = createTokenBucket({ capacity: 10, refillPerSecond: 10 });
    bucket.change({ capacity: 2, refillPerSecond: 2 }, 0);
    expect([0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 500]);
    bucket.drain(60_000);
    expect(bucket.take(60_000)).toBe(500);
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
          const starts: number[] = [];
          for (const gap of gapsMs) {
            now += gap;
            for (let wait = bucket.take(now); wait > 0; wait = bucket.take(now)) now += wait;
            starts.push(now);
          }
          for (const from of starts) {
            const inWindow = starts.filter((at) => at >= from && at < from + 1000).length;
            expect(inWindow).toBeLessThanOrEqual(capacity + refillPerSecond + 1);
          }
        },
      ),
    );
  });
});
