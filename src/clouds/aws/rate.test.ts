import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBucket, createSlots, limitFor } from "./rate.ts";

function fakeClock() {
  let at = 1_000_000;
  return { now: () => at, advance: (ms: number) => (at += ms) };
}

describe("a quota's token bucket", () => {
  test("begins at 70 % of the documented rate with a second's worth of tokens", () => {
    const bucket = createBucket(limitFor(15), fakeClock());
    expect(bucket.ratePerSecond()).toBeCloseTo(10.5);
    const waits = Array.from({ length: 12 }, () => bucket.take());
    expect(waits.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0));
    expect(waits[10]).toBeGreaterThan(0);
    expect(waits[11]).toBeGreaterThan(waits[10] ?? 0);
  });

  test("slows by 30 % on a refusal, once for those refused together, never below 0.5 a second", () => {
    const clock = fakeClock();
    const bucket = createBucket({ initialPerSecond: 10, ceilingPerSecond: 20 }, clock);
    bucket.throttled();
    bucket.throttled();
    expect(bucket.ratePerSecond()).toBeCloseTo(7);
    expect(bucket.take()).toBeGreaterThan(0);
    for (let times = 0; times < 30; times += 1) {
      clock.advance(3000);
      bucket.throttled();
    }
    expect(bucket.ratePerSecond()).toBe(0.5);
  });

  test("speeds up by 0.5 a second for every 2 s without a refusal, up to the ceiling", () => {
    const clock = fakeClock();
    const bucket = createBucket({ initialPerSecond: 3, ceilingPerSecond: 4 }, clock);
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

  test("a token that was not used is there for the next", () => {
    const bucket = createBucket({ initialPerSecond: 1, ceilingPerSecond: 1 }, fakeClock());
    expect(bucket.take()).toBe(0);
    const wait = bucket.take();
    expect(wait).toBe(1000);
    bucket.giveBack();
    expect(bucket.take()).toBe(wait);
  });

  test("whatever the timing, no second sees more than its rate and one burst", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 100 }),
        (rate, gaps) => {
          const clock = fakeClock();
          const start = clock.now();
          const bucket = createBucket({ initialPerSecond: rate, ceilingPerSecond: rate }, clock);
          const sentAt = gaps.map((gap) => {
            clock.advance(gap);
            return clock.now() + bucket.take() - start;
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

describe("places for requests in flight", () => {
  const never = new AbortController().signal;

  test("are given in order of asking, each freed once", async () => {
    const slots = createSlots(1);
    const order: string[] = [];
    const leave = await slots.enter(never);
    const second = slots.enter(never).then((free) => {
      order.push("second");
      return free;
    });
    const third = slots.enter(never).then(() => order.push("third"));
    expect(order).toEqual([]);
    leave();
    leave();
    const free = await second;
    expect(order).toEqual(["second"]);
    free();
    await third;
    expect(order).toEqual(["second", "third"]);
  });

  test("one who gives up waiting leaves the queue and takes no place", async () => {
    const slots = createSlots(1);
    const leave = await slots.enter(never);
    const abort = new AbortController();
    const given = slots.enter(abort.signal);
    const after = slots.enter(never);
    abort.abort();
    await expect(given).rejects.toMatchObject({ name: "AbortError" });
    leave();
    await expect(after).resolves.toBeTypeOf("function");
    await expect(slots.enter(abort.signal)).rejects.toMatchObject({ name: "AbortError" });
  });
});
