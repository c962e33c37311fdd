import { expect, it } from "vitest";
import { createSearchQuota } from "./quota.ts";

it("allows 400 searches in a minute, and as many in the next one", () => {
  let now = 0;
  const take = createSearchQuota(() => now);
  const allowed = (): number => Array.from({ length: 500 }, take).filter(Boolean).length;
  expect(allowed()).toBe(400);
  now = 59_999;
  expect(allowed()).toBe(0);
  now = 60_000;
  expect(allowed()).toBe(400);
});
