import { describe, expect, it } from "vitest";
import { createPacer } from "./pacer.ts";
import { createTokenBucket } from "./token-bucket.ts";

const NEVER = new AbortController().signal;

/** Time that passes only when told to. */
function fakeTiming() {
  let now = 0;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleeping: () => sleepers.size,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    advance: async (ms: number) => {
      now += ms;
      for (const sleeper of sleepers)
        if (sleeper.at <= now) {
          sleepers.delete(sleeper);
          sleeper.wake();
        }
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
}

function scene() {
  const timing = fakeTiming();
  const bucket = createTokenBucket({ capacity: 1, refillPerSecond: 1 });
  const pacer = createPacer(bucket, timing);
  const passed: string[] = [];
  const come = (name: string, priority?: "interactive" | "background", signal = NEVER) =>
    pacer.pass(signal, priority).then(() => passed.push(name));
  return { timing, bucket, passed, come };
}

describe("pacer", () => {
  it("lets through at the bucket's rate, in the order of coming", async () => {
    const { timing, passed, come } = scene();
    for (const name of ["first", "second", "third"]) void come(name);
    await settle();
    expect(passed).toEqual(["first"]);
    await timing.advance(999);
    expect(passed).toEqual(["first"]);
    await timing.advance(1);
    expect(passed).toEqual(["first", "second"]);
    await timing.advance(1000);
    expect(passed).toEqual(["first", "second", "third"]);
  });

  it("serves who is interactive before background callers that came earlier", async () => {
    const { timing, passed, come } = scene();
    for (const name of ["b1", "b2", "b3"]) void come(name, "background");
    await settle();
    void come("i1", "interactive");
    void come("i2");
    for (let seconds = 0; seconds < 4; seconds += 1) await timing.advance(1000);
    expect(passed).toEqual(["b1", "i1", "i2", "b2", "b3"]);
  });

  it("serves those who wait at a rate that changed meanwhile", async () => {
    const { timing, bucket, passed, come } = scene();
    for (const name of ["first", "second", "third"]) void come(name);
    await settle();
    bucket.change({ capacity: 10, refillPerSecond: 10 }, timing.now());
    await timing.advance(1000);
    expect(passed).toEqual(["first", "second", "third"]);
  });

  it("lets go at once who gives up, wastes no token on it and leaves no timer", async () => {
    const { timing, passed, come } = scene();
    await come("first");
    const abort = new AbortController();
    const leaving = come("leaving", "interactive", abort.signal);
    await settle();
    abort.abort();
    await expect(leaving).rejects.toMatchObject({ code: "cancelled" });
    await settle();
    expect(timing.sleeping()).toBe(0);
    void come("next");
    await timing.advance(1000);
    expect(passed).toEqual(["first", "next"]);
    await expect(come("gone", "interactive", abort.signal)).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});
