import fc from "fast-check";
import { expect, it } from "vitest";
import { boundJson } from "./bounded-json.ts";

it("shortens long lists anywhere and names each one", () => {
  const value = { a: [1, 2, 3], b: { c: [[1, 2, 3], "x\u200b"] }, "k\u0000": null };
  expect(boundJson(value, 2)).toEqual({
    value: { a: [1, 2], b: { c: [[1, 2], "x"] }, k: null },
    cuts: [
      { path: "a", shown: 2, total: 3 },
      { path: "b.c[0]", shown: 2, total: 3 },
    ],
  });
});

it("leaves a small printable value whole", () => {
  const printable = fc.string({ unit: "grapheme-ascii", maxLength: 20 });
  fc.assert(
    fc.property(
      fc.dictionary(printable, fc.jsonValue({ stringUnit: "grapheme-ascii" })),
      (value) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        const bounded = boundJson(value, 1000);
        expect(bounded.cuts).toEqual([]);
        expect(JSON.stringify(bounded.value)).toBe(JSON.stringify(value));
      },
    ),
  );
});
