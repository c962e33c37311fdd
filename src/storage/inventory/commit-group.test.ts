import { expect, test } from "vitest";
import { createCommitGroup } from "./commit-group.ts";

/** Does numbers by doubling them, notes which it was given together, and refuses one of them. */
function doubling(refused: number) {
  const calls: (readonly number[])[] = [];
  const group = createCommitGroup<number, number>(async (jobs) => {
    calls.push(jobs);
    await Promise.resolve();
    if (jobs.includes(refused)) throw new Error("broken");
    return jobs.map((job) => job * 2);
  });
  return { calls, group };
}

test("jobs that wait together share a transaction, and one that cannot be done fails alone", async () => {
  const { calls, group } = doubling(3);
  const settled = await Promise.allSettled([1, 2, 3, 4].map((job) => group.add(job, 1)));
  expect(settled).toMatchObject([
    { status: "fulfilled", value: 2 },
    { status: "fulfilled", value: 4 },
    { status: "rejected", reason: { message: "broken" } },
    { status: "fulfilled", value: 8 },
  ]);
  expect(calls).toEqual([[1, 2, 3, 4], [1], [2], [3], [4]]);
});

test("a transaction takes so many rows, and a job that is larger has one of its own", async () => {
  const { calls, group } = doubling(Number.NaN);
  const rows = [1_000, 1_000, 1_000, 9_000, 0, 1];
  const results = await Promise.all(rows.map((size, at) => group.add(at, size)));
  expect(results).toEqual([0, 2, 4, 6, 8, 10]);
  expect(calls).toEqual([[0, 1], [2], [3], [4, 5]]);
});

test("what is given while a transaction runs waits for the next one", async () => {
  const { calls, group } = doubling(Number.NaN);
  const first = group.add(1, 5_000).then(() => group.add(2, 5_000));
  expect(await Promise.all([first, group.add(3, 1)])).toEqual([4, 6]);
  expect(calls).toHaveLength(3);
});
