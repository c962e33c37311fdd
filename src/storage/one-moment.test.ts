import { describe, expect, it } from "vitest";
import { askOnce, inOneMoment, noteChange } from "./one-moment.ts";

function counter() {
  let asked = 0;
  return () => Promise.resolve((asked += 1));
}

describe("one moment", () => {
  it("asks a question once, and again in the next moment", async () => {
    const database = {};
    const ask = counter();
    const twice = () =>
      inOneMoment(async () => [
        await askOnce(database, "state", ask),
        await askOnce(database, "state", ask),
      ]);
    expect(await twice()).toEqual([1, 1]);
    expect(await twice()).toEqual([2, 2]);
  });

  it("asks every time outside of any", async () => {
    const database = {};
    const ask = counter();
    expect(await askOnce(database, "state", ask)).toBe(1);
    expect(await askOnce(database, "state", ask)).toBe(2);
  });

  it("asks anew after this process changed that database, and no other", async () => {
    const [database, another] = [{}, {}];
    const ask = counter();
    await inOneMoment(async () => {
      await askOnce(database, "state", ask);
      noteChange(another);
      expect(await askOnce(database, "state", ask)).toBe(1);
      noteChange(database);
      expect(await askOnce(database, "state", ask)).toBe(2);
    });
  });

  it("does not answer another moment that began before the change either", async () => {
    const database = {};
    const ask = counter();
    const changed = Promise.withResolvers<void>();
    const longMoment = inOneMoment(async () => {
      await askOnce(database, "state", ask);
      await changed.promise;
      return askOnce(database, "state", ask);
    });
    noteChange(database);
    changed.resolve();
    expect(await longMoment).toBe(2);
  });

  it("keeps neither an answer that does not stand nor a failure", async () => {
    const database = {};
    const ask = counter();
    await inOneMoment(async () => {
      expect(await askOnce(database, "state", ask, (told) => told > 1)).toBe(1);
      expect(await askOnce(database, "state", ask, (told) => told > 1)).toBe(2);
      expect(await askOnce(database, "state", ask, (told) => told > 1)).toBe(2);
      const failing = () => Promise.reject(new RangeError("closed"));
      await expect(askOnce(database, "bills", failing)).rejects.toThrow("closed");
      expect(await askOnce(database, "bills", ask)).toBe(3);
    });
  });

  it("tells questions and databases apart", async () => {
    const ask = counter();
    const [one, another] = [{}, {}];
    await inOneMoment(async () => {
      const told = [
        await askOnce(one, "state", ask),
        await askOnce(one, "bills", ask),
        await askOnce(another, "state", ask),
      ];
      expect(told).toEqual([1, 2, 3]);
    });
  });
});
