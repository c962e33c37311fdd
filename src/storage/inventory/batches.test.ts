import fc from "fast-check";
import { expect, test } from "vitest";
import { batches } from "./batches.ts";

test("batches hold every row once, in order, in sizes that are powers of two up to 256", () => {
  fc.assert(
    fc.property(fc.nat(2_000), (count) => {
      const rows = Array.from({ length: count }, (_, index) => index);
      const cut = [...batches(rows)];
      expect(cut.flat()).toEqual(rows);
      for (const batch of cut) expect([1, 2, 4, 8, 16, 32, 64, 128, 256]).toContain(batch.length);
      // Below the largest size no size repeats: few statements for any page.
      const small = cut.map((batch) => batch.length).filter((size) => size < 256);
      expect(new Set(small).size).toBe(small.length);
    }),
  );
});
