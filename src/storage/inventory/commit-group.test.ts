import { expect, test } from "vitest";
import { openSqlite } from "../sqlite.ts";
import { createCommitGroup } from "./commit-group.ts";
import { takeNumbers } from "./counters.ts";

test("one work that fails does not fail those it shares a transaction with, and leaves nothing behind", async () => {
  const db = await openSqlite(":memory:");
  const group = createCommitGroup(db, () => Promise.resolve(() => undefined));
  const works = Array.from({ length: 100 }, (_, at) =>
    group.write(async (trx) => {
      const number = await takeNumbers(trx, "resource", 1);
      if (at === 10) throw new Error("broken");
      return number;
    }),
  );
  const settled = await Promise.allSettled(works);
  expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(settled[10]).toMatchObject({ status: "rejected", reason: { message: "broken" } });
  const numbers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  // In the order of giving, and the number that the broken one took was given back.
  expect(numbers).toEqual(Array.from({ length: 99 }, (_, at) => at + 1));
  await db.destroy();
});

test("items that wait together are stored by one call, and one that cannot be stored fails alone", async () => {
  const db = await openSqlite(":memory:");
  const calls: (readonly number[])[] = [];
  let committed = 0;
  const group = createCommitGroup<number>(db, async (trx, items) => {
    calls.push(items);
    await takeNumbers(trx, "resource", items.length);
    if (items.includes(3)) throw new Error("broken");
    return () => {
      committed += items.length;
    };
  });
  const settled = await Promise.allSettled([1, 2, 3, 4].map((item) => group.store(item)));
  expect(settled.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(calls).toEqual([[1, 2, 3, 4], [1], [2], [3], [4]]);
  expect(committed).toBe(3);
  const counter = await db.selectFrom("counters").select("value").execute();
  expect(counter).toEqual([{ value: 3 }]);
  await db.destroy();
});
