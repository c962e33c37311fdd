import fc from "fast-check";
import { expect, test } from "vitest";
import { isoMoment } from "./moment.ts";

test("a moment is written as Date writes it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2099, 0, 1) }), (ms) => {
      expect(isoMoment(ms)).toBe(new Date(ms).toISOString());
    }),
  );
});
