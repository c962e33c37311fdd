import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createBoundedTurns } from "./bounded-turns.ts";

/** In which turn of the event loop each piece of work began. */
async function turnsOf(pieces: readonly number[], most: number): Promise<readonly number[]> {
  let now = 0;
  const takeTurn = createBoundedTurns(most, async () => {
    await nextTurn();
    now += 1;
  });
  return Promise.all(
    pieces.map(async (work) => {
      await takeTurn(work);
      return now;
    }),
  );
}

test("what comes at the same time is spread over turns that each have room for so much", async () => {
  expect(await turnsOf([5, 5, 5, 5, 5], 10)).toEqual([0, 0, 1, 1, 2]);
});

test("what is larger than a turn is done, and those after it wait", async () => {
  expect(await turnsOf([30, 1, 1], 10)).toEqual([0, 1, 1]);
});

test("one after the other waits for nothing while there is room", async () => {
  const takeTurn = createBoundedTurns(10, () => new Promise(() => undefined));
  for (const work of [4, 4, 4]) await expect(takeTurn(work)).resolves.toBeUndefined();
});
