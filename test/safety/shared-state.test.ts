import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { createInProcessState } from "../../src/cache/in-process.ts";
import { createRedisState } from "../../src/cache/redis.ts";
import { withFallback } from "../../src/cache/with-fallback.ts";
import type { SharedState } from "../../src/ports/shared-state.ts";
import { createBudget } from "../../src/safety/budget.ts";
import { createAsks } from "../../src/safety/intent/asks.ts";
import { createLoopGuard } from "../../src/safety/loops.ts";
import { GENEROUS } from "./generous-safety.ts";
import { missingRedis, type RedisServer, startRedis } from "./redis-server.ts";

const clock = { now: () => Date.now() };
const HOUR = 3_600_000;
const connect = (url: string): Promise<SharedState> =>
  createRedisState({ url, keyPrefix: "test:", onError: () => undefined }, clock);

test.runIf(process.env["CI"] === "true")("Redis is there where tests must not be skipped", () => {
  expect(missingRedis).toBeUndefined();
});

/** What any shared state promises, seen from two replicas that may be the same. */
function contract(open: () => Promise<readonly [SharedState, SharedState]>): void {
  let one: SharedState;
  let two: SharedState;
  beforeAll(async () => {
    [one, two] = await open();
  });
  afterAll(async () => {
    await one.close();
    await two.close();
  });

  it("lets exactly 100 of 150 calls pass, made at once from two replicas", async () => {
    const limits = { ...GENEROUS.budget, calls: 100 };
    const budgets = [createBudget(one, limits), createBudget(two, limits)] as const;
    const calls = Array.from({ length: 150 }, (_, index) =>
      budgets[index % 2 === 0 ? 0 : 1].spendCall("caller", 10),
    );
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    const refused = settled.find(({ status }) => status === "rejected");
    expect(refused).toMatchObject({ reason: { code: "budget_exhausted" } });
    await expect(budgets[1].spendCall("somebody else", 10)).resolves.toMatchObject({ calls: 99 });
  });

  it("sees a loop that goes through both replicas, with the answer given by the other", async () => {
    const limits = { windowMs: 300_000, repeats: 3, stopAfter: 5 };
    const guards = [createLoopGuard(one, limits, clock), createLoopGuard(two, limits, clock)];
    const enter = (turn: number) => guards[turn % 2]?.enter("same call");
    await (await enter(0))?.answered({ digest: "abc", summary: "80 % compliant." });
    await (await enter(1))?.answered({ digest: "abc", summary: "80 % compliant." });
    for (const turn of [2, 3, 4])
      await expect(enter(turn)).rejects.toMatchObject({
        code: "loop_detected",
        details: { previous_answer: { digest: "abc", summary: "80 % compliant." } },
      });
    await expect(enter(5)).rejects.toMatchObject({ details: {} });
  });

  it("does not count what could not be answered", async () => {
    const limits = { windowMs: 300_000, repeats: 3, stopAfter: 5 };
    const guard = createLoopGuard(one, limits, clock);
    for (let turn = 0; turn < 6; turn += 1) await (await guard.enter("throttled")).retryable();
    await expect(guard.enter("throttled")).resolves.toBeDefined();
  });

  it("takes a confirmation once, whichever replica asked", async () => {
    const [here, there] = [createAsks(one, GENEROUS.intent), createAsks(two, GENEROUS.intent)];
    const token = await here.open({
      caller: "ann",
      tool: "scan",
      intent: "call_1",
      resources: 5,
      choices: [{ value: "everything", arguments: {}, digest: "d" }],
    });
    const take = (asks: typeof here, caller = "ann") =>
      asks.take(token, { caller, tool: "scan" }, ({ digest }) => digest === "d");
    await expect(take(there, "bob")).rejects.toMatchObject({ code: "confirmation_invalid" });
    const both = await Promise.allSettled([take(here), take(there), take(here)]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("forgets when the time is over", async () => {
    await one.write("short", "value", 30);
    const windowMs = 1000;
    await one.note("window", windowMs);
    await one.consume("brief", 5, { points: 5, windowMs });
    expect(await two.read("short")).toBe("value");
    await sleep(1100);
    expect(await two.read("short")).toBeUndefined();
    expect((await two.note("window", windowMs)).count).toBe(1);
    expect(await two.consume("brief", 1, { points: 5, windowMs })).toMatchObject({ allowed: true });
  });
}

describe("in one process", () => {
  contract(async () => {
    const state = createInProcessState(clock);
    return [state, state];
  });
});

describe.skipIf(missingRedis !== undefined)(`in Redis${missingRedis ?? ""}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  contract(async () => [await connect(server.url), await connect(server.url)]);
});

describe.skipIf(missingRedis !== undefined)(`when Redis goes away${missingRedis ?? ""}`, () => {
  it.each(["freeze", "stop"] as const)(
    "each replica grants its own share, and says so (%s)",
    async (how) => {
      const server = await startRedis();
      const told: string[] = [];
      const state = withFallback(await connect(server.url), createInProcessState(clock), {
        replicas: 2,
        clock,
        onChange: ({ kind }) => told.push(kind),
      });
      try {
        const limit = { points: 10, windowMs: HOUR };
        expect(await state.consume("caller", 9, limit)).toMatchObject({ allowed: true, used: 9 });
        if (how === "freeze") server.freeze();
        else await server.stop();
        const grants = [];
        for (let call = 0; call < 8; call += 1)
          grants.push((await state.consume("caller", 1, limit)).allowed);
        expect(grants.filter(Boolean)).toHaveLength(5);
        expect(state.health().kind).toBe("degraded");
        expect(told).toEqual(["degraded"]);
      } finally {
        await state.close();
        await server.stop();
      }
    },
    20_000,
  );

  it("shares again once Redis is back, with what it knew before", async () => {
    const server = await startRedis();
    const told: string[] = [];
    const state = withFallback(await connect(server.url), createInProcessState(clock), {
      replicas: 2,
      clock,
      onChange: ({ kind }) => told.push(kind),
    });
    const limit = { points: 10, windowMs: HOUR };
    try {
      await state.consume("caller", 9, limit);
      server.freeze();
      await state.consume("caller", 1, limit);
      server.thaw();
      await expect
        .poll(async () => (await state.consume("caller", 0, limit)).used, { timeout: 10_000 })
        .toBeGreaterThanOrEqual(9);
      expect(told).toEqual(["degraded", "shared"]);
    } finally {
      await state.close();
      await server.stop();
    }
  }, 20_000);
});
