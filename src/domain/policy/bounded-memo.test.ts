import { expect, it } from "vitest";
import { BoundedMemo } from "./bounded-memo.ts";

it("computes once per text, also when the answer is null", () => {
  const asked: string[] = [];
  const memo = new BoundedMemo<string | null>((text) => {
    asked.push(text);
    return null;
  });
  expect([memo.get("a"), memo.get("a"), memo.get("b")]).toEqual([null, null, null]);
  expect(asked).toEqual(["a", "b"]);
});

it("starts over when full and never keeps long texts", () => {
  const asked: string[] = [];
  const memo = new BoundedMemo((text) => asked.push(text), 2, 3);
  for (const text of ["a", "b", "c", "a", "long", "long"]) memo.get(text);
  expect(asked).toEqual(["a", "b", "c", "a", "long", "long"]);
});
