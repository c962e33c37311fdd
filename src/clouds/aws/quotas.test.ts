import { expect, test } from "vitest";
import { createQuotas } from "./quotas.ts";

const signal = new AbortController().signal;
const targetOf = (account: number) =>
  ({ service: "tagging", account: String(account), region: "eu-west-1" }) as const;

function setUp() {
  let nowMs = 1_000_000;
  const quotas = createQuotas({ now: () => nowMs });
  return {
    quotas,
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** So many other accounts' quotas. */
    fill: (count: number) => {
      for (let account = 1; account <= count; account += 1) quotas.of(targetOf(account));
    },
  };
}

test("quotas at rest are forgotten: memory does not grow with the organization", () => {
  const { quotas, fill } = setUp();
  fill(50_000);
  expect(quotas.size()).toBeLessThanOrEqual(1_024);
});

test("one that was used a moment ago is kept, until it could be called as often as a new one", async () => {
  const { quotas, pass, fill } = setUp();
  const used = quotas.of(targetOf(0));
  await used.pacer.pass(signal);
  fill(5_000);
  expect(quotas.of(targetOf(0))).toBe(used);
  pass(1000);
  fill(5_000);
  expect(quotas.of(targetOf(0))).not.toBe(used);
});

test("one that was throttled is kept, however long ago", () => {
  const { quotas, pass, fill } = setUp();
  const throttled = quotas.of(targetOf(0));
  throttled.bucket.throttled();
  pass(86_400_000);
  fill(5_000);
  expect(quotas.of(targetOf(0))).toBe(throttled);
});

test("one that somebody waits for is kept", async () => {
  const { quotas, fill } = setUp();
  const awaited = quotas.of(targetOf(0));
  const stop = new AbortController();
  const passes = Array.from({ length: 20 }, () => awaited.pacer.pass(stop.signal));
  fill(5_000);
  expect(quotas.of(targetOf(0))).toBe(awaited);
  stop.abort();
  await Promise.allSettled(passes);
});
