import fc from "fast-check";
import { expect, test } from "vitest";
import { openCursor, sealCursor } from "./cursor.ts";

const key = new Uint8Array(32).fill(7);
const binding = { scanId: "scan_1", filter: "aws|*|*|*|error" };

test("a cursor opens to what was sealed in it", () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), (afterRow, filter) => {
      const text = sealCursor(key, { scanId: "scan_x", filter }, { afterRow });
      expect(openCursor(key, text, filter)).toEqual({ scanId: "scan_x", position: { afterRow } });
    }),
  );
});

test("any other text is refused, whatever it is", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => openCursor(key, text, binding.filter)).toThrowError(
        expect.objectContaining({ code: "cursor_invalid" }),
      );
    }),
  );
});

test("changing any byte of a cursor is noticed", () => {
  const text = sealCursor(key, binding, { afterRow: 41 });
  for (let at = 0; at < text.length - 1; at += 1) {
    const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
    expect(() => openCursor(key, changed, binding.filter)).toThrowError(
      expect.objectContaining({ code: "cursor_invalid" }),
    );
  }
});

test("a cursor of another question or another key is refused", () => {
  const text = sealCursor(key, binding, { afterRow: 41 });
  expect(() => openCursor(key, text, "other")).toThrow("other filters");
  expect(() => openCursor(new Uint8Array(32), text, binding.filter)).toThrow("not one");
});
