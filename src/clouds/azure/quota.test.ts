import { describe, expect, it } from "vitest";
import type { Timing } from "../../domain/scan/backoff.ts";
import { QUERIES_PER_WINDOW } from "./limits.ts";
import { createQuotaGate } from "./quota.ts";

const NEVER = new AbortController().signal;

function fakeTiming(): Timing & { pass(ms: number): void; readonly slept: number[] } {
  const slept: number[] = [];
  let now = 1_000_000;
  return {
    slept,
    pass: (ms) => {
      now += ms;
    },
    now: () => now,
    random: () => 0,
    sleep: async (ms) => {
      slept.push(ms);
      await Promise.resolve();
      now += ms;
    },
  };
}

const told =
  (remaining: number, resets = "00:00:05") =>
  (name: string): string | undefined =>
    ({
      "x-ms-user-quota-remaining": String(remaining),
      "x-ms-user-quota-resets-after": resets,
    })[name];

/** How many may start at once; each stays under way. */
async function burst(gate: ReturnType<typeof createQuotaGate>, tries: number): Promise<number> {
  let through = 0;
  for (let at = 0; at < tries; at += 1) void gate.enter(NEVER).then(() => (through += 1));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return through;
}

describe("the query quota of Resource Graph", () => {
  it("is not overdrawn by queries that are under way together", async () => {
    expect(await burst(createQuotaGate(fakeTiming(), 200), 40)).toBe(QUERIES_PER_WINDOW);
  });

  it("counts what is under way against what an answer leaves", async () => {
    const timing = fakeTiming();
    const gate = createQuotaGate(timing, 200);
    const first = await gate.enter(NEVER);
    const second = await gate.enter(NEVER);
    first(told(3));
    await gate.enter(NEVER);
    await gate.enter(NEVER);
    second(told(2));
    expect(timing.slept).toEqual([]);
    // Two are left and two under way: the next one has to wait for the window to end.
    await gate.enter(NEVER);
    expect(timing.slept).toEqual([5000]);
  });

  it("ends a window when the first of its answers said, not later", async () => {
    const timing = fakeTiming();
    const gate = createQuotaGate(timing, 200);
    (await gate.enter(NEVER))(told(1, "00:00:05"));
    timing.pass(300);
    (await gate.enter(NEVER))(told(0, "00:00:05"));
    await gate.enter(NEVER);
    expect(timing.slept).toEqual([4700]);
  });

  it("believes a window that begins anew", async () => {
    const timing = fakeTiming();
    const gate = createQuotaGate(timing, 200);
    (await gate.enter(NEVER))(told(0, "00:00:01"));
    (await gate.enter(NEVER))(told(0, "00:00:05"));
    await gate.enter(NEVER);
    expect(timing.slept).toEqual([1000, 5000]);
  });

  it("does not end a window when a late answer of the one before says so", async () => {
    const timing = fakeTiming();
    const gate = createQuotaGate(timing, 200);
    const late = await gate.enter(NEVER);
    (await gate.enter(NEVER))(told(1, "00:00:05"));
    late(told(3, "00:00:01"));
    await gate.enter(NEVER);
    expect(timing.slept).toEqual([5000]);
  });

  it("learns of an allowance that is larger than the documented one", async () => {
    const timing = fakeTiming();
    const gate = createQuotaGate(timing, 200);
    (await gate.enter(NEVER))(told(99));
    timing.pass(6000);
    expect(await burst(gate, 150)).toBe(100);
  });

  it("goes on without the headers, and after a call that was not answered", async () => {
    const gate = createQuotaGate(fakeTiming(), 200);
    for (let call = 0; call < 40; call += 1) {
      const leave = await gate.enter(NEVER);
      leave(call % 2 === 0 ? undefined : () => undefined);
    }
    expect(await burst(gate, 1)).toBe(1);
  });

  it("lets no more be under way than it was told", async () => {
    const gate = createQuotaGate(fakeTiming(), 2);
    const leave = await gate.enter(NEVER);
    expect(await burst(gate, 5)).toBe(1);
    let more = 0;
    void gate.enter(NEVER).then(() => (more += 1));
    leave(undefined);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    // The one who came last is not the one who is let in.
    expect(more).toBe(0);
  });

  it.each([
    ["a place under way", { remaining: 9, maxInFlight: 1 }],
    ["the window to end", { remaining: 0, maxInFlight: 8 }],
  ])("lets interactive work overtake background work that waits for %s", async (_, limits) => {
    const timing = fakeTiming();
    const gate = createQuotaGate(timing, limits.maxInFlight);
    const holder = await gate.enter(NEVER);
    if (limits.maxInFlight > 1) holder(told(limits.remaining));
    const order: string[] = [];
    const enter = async (name: string, priority: "interactive" | "background"): Promise<void> => {
      const leave = await gate.enter(NEVER, priority);
      order.push(name);
      leave(undefined);
    };
    const all = [
      enter("scan", "background"),
      enter("scan", "background"),
      enter("question", "interactive"),
    ];
    if (limits.maxInFlight === 1) holder(told(limits.remaining));
    await Promise.all(all);
    expect(order).toEqual(["question", "scan", "scan"]);
  });

  it("lets nobody through who gave up", async () => {
    const entering = createQuotaGate(fakeTiming(), 200).enter(AbortSignal.abort());
    await expect(entering).rejects.toMatchObject({ code: "cancelled" });
  });
});
