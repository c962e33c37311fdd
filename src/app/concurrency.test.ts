import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { forEachConcurrent } from "./concurrency.ts";

async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n += 1) {
    yield n;
    await Promise.resolve();
  }
}

test("every item is worked on once, never more than the limit at a time", async () => {
  let running = 0;
  let most = 0;
  const seen: number[] = [];
  await forEachConcurrent(numbers(50), 4, async (n) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(1);
    seen.push(n);
    running -= 1;
  });
  expect(seen.toSorted((a, b) => a - b)).toEqual([...Array(50).keys()]);
  expect(most).toBe(4);
});

test("a failure stops new work, waits for work in flight, and is thrown", async () => {
  let finished = 0;
  const run = forEachConcurrent(numbers(100), 2, async (n) => {
    await sleep(1);
    if (n === 1) throw new Error("first");
    finished += 1;
  });
  await expect(run).rejects.toThrow("first");
  expect(finished).toBeLessThan(5);
});

test("a source that fails is thrown after work in flight has ended", async () => {
  let finished = false;
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    await Promise.resolve();
    throw new Error("source");
  }
  await expect(
    forEachConcurrent(broken(), 2, async () => {
      await sleep(5);
      finished = true;
    }),
  ).rejects.toThrow("source");
  expect(finished).toBe(true);
});
