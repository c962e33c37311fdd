import fc from "fast-check";
import { expect, test } from "vitest";
import { SEVERITIES } from "../../domain/compliance/violation.ts";
import { decodeRowId, encodeRowId, rowIdRange } from "./row-id.ts";

const position = fc.record({
  severity: fc.constantFrom(...SEVERITIES),
  placeId: fc.nat(2 ** 22 - 1),
  row: fc.nat(2 ** 30 - 1),
});

test("a position survives the way through its id", () => {
  fc.assert(
    fc.property(position, (one) => {
      const id = encodeRowId(one);
      expect(Number.isSafeInteger(id)).toBe(true);
      expect(decodeRowId(id)).toEqual(one);
    }),
  );
});

test("ids sort by severity, then place, then row", () => {
  const rank = { error: 0, warning: 1 } as const;
  fc.assert(
    fc.property(position, position, (a, b) => {
      const order = rank[a.severity] - rank[b.severity] || a.placeId - b.placeId || a.row - b.row;
      expect(Math.sign(encodeRowId(a) - encodeRowId(b))).toBe(Math.sign(order));
    }),
  );
});

test("a range holds the rows of its own place and severity only", () => {
  fc.assert(
    fc.property(position, position, (a, b) => {
      const range = rowIdRange(a.severity, a.placeId);
      const id = encodeRowId(b);
      const inside = id >= range.after && id < range.before;
      expect(inside).toBe(a.severity === b.severity && a.placeId === b.placeId);
    }),
  );
});

test.each([
  { placeId: 2 ** 22, row: 1 },
  { placeId: 1, row: 2 ** 30 },
])("a position beyond the layout is refused: %o", (beyond) => {
  expect(() => encodeRowId({ severity: "error", ...beyond })).toThrow("outgrew");
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])("%d is the id of no row", (id) => {
  expect(decodeRowId(id)).toBeUndefined();
});
