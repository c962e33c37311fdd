import { expect, test } from "vitest";
import { createTokenBuckets } from "./token-bucket.ts";

test("a bucket holds one second's worth and fills at its rate; every key has its own", () => {
  let nowMs = 0;
  const buckets = createTokenBuckets(15, () => nowMs);
  const taken = (key: string, tries: number): number =>
    Array.from({ length: tries }, () => buckets.take(key)).filter(Boolean).length;

  expect(taken("a", 100)).toBe(15);
  expect(taken("b", 100)).toBe(15);
  nowMs += 200;
  expect(taken("a", 100)).toBe(3);
  nowMs += 60_000;
  expect(taken("a", 100)).toBe(15);
});

test("a rate below one a second still lets one through", () => {
  let nowMs = 0;
  const buckets = createTokenBuckets(0.5, () => nowMs);
  expect(buckets.take("a")).toBe(true);
  expect(buckets.take("a")).toBe(false);
  nowMs += 2_000;
  expect(buckets.take("a")).toBe(true);
});
