import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAdaptiveBucket, limitFor } from "./rate.ts";

function fakeClock() {
  let at = 1_000_000;
  return { now: () => at, advance: (ms: number) => (at += ms) };
}

describe("a quota's token bucket", () => {
  test("begins at 70 % of the documented rate with a second's worth of tokens", () => {
    const clock = fakeClock();
    const bucket = createAdaptiveBucket(limitFor(15), clock);
    expect(bucket.ratePerSecond()).toBeCloseTo(10.5);
    const waits = Array.from({ length: 12 }, () => bucket.take(clock.now()));
    expect(waits.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0));
    expect(waits[10]).toBe(Math.ceil(500 / 10.5));
  });

  test("slows by 30 % on a refusal, once for those refused together, never below 0.5 a second", () => {
    const clock = fakeClock();
    const bucket = createAdaptiveBucket({ initialPerSecond: 10, ceilingPerSecond: 20 }, clock);
    bucket.throttled();
    bucket.throttled();
    expect(bucket.ratePerSecond()).toBeCloseTo(7);
    expect(bucket.take(clock.now())).toBeGreaterThan(0);
    for (let times = 0; times < 30; times += 1) {
      clock.advance(3000);
      bucket.throttled();
    }
    expect(bucket.ratePerSecond()).toBe(0.5);
  });

  test("speeds up by 0.5 a second for every 2 s without a refusal, up to the ceiling", () => {
    const clock = fakeClock();
    const bucket = createAdaptiveBucket({ initialPerSecond: 3, ceilingPerSecond: 4 }, clock);
    clock.advance(1999);
    bucket.succeeded();
    expect(bucket.ratePerSecond()).toBe(3);
    clock.advance(1);
    bucket.succeeded();
    bucket.succeeded();
    expect(bucket.ratePerSecond()).toBe(3.5);
    for (let times = 0; times < 5; times += 1) {
      clock.advance(2000);
      bucket.succeeded();
    }
    expect(bucket.ratePerSecond()).toBe(4);
  });

  test("whatever the timing, no second sees more than its rate and one burst", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 100 }),
        (rate, gaps) => {
          const clock = fakeClock();
          const start = clock.now();
          const bucket = createAdaptiveBucket(
            { initialPerSecond: rate, ceilingPerSecond: rate },
            clock,
          );
          const sentAt = gaps.map((gap) => {
            clock.advance(gap);
            for (let wait = 1; wait > 0; clock.advance(wait)) wait = bucket.take(clock.now());
            return clock.now() - start;
          });
          for (const until of sentAt) {
            const sent = sentAt.filter((at) => at <= until).length;
            expect(sent).toBeLessThanOrEqual(rate + Math.ceil((until / 1000) * rate) + 1);
          }
        },
      ),
    );
  });
});
