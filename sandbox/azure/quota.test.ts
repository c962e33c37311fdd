import { expect, it } from "vitest";
import { createQuota, unlimited } from "./quota.ts";

it("allows 15 queries in a window of 5 seconds that opens with the first one", () => {
  let nowMs = 1_000_000;
  const quota = createQuota(() => nowMs);
  expect(quota.take()).toEqual({ allowed: true, remaining: 14, resetsAfterS: 5 });
  nowMs += 3_200;
  for (let left = 13; left >= 0; left -= 1) {
    expect(quota.take()).toEqual({ allowed: true, remaining: left, resetsAfterS: 2 });
  }
  expect(quota.take()).toEqual({ allowed: false, remaining: 0, resetsAfterS: 2 });
  nowMs += 1_800;
  expect(quota.take()).toEqual({ allowed: true, remaining: 14, resetsAfterS: 5 });
});

it("never ends when it is off", () => {
  const quota = unlimited();
  const uses = Array.from({ length: 100 }, () => quota.take());
  expect(uses.every((use) => use.allowed && use.remaining > 0)).toBe(true);
});
