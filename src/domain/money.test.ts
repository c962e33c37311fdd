import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addMoney,
  decimalText,
  microCarry,
  parseMicros,
  readableAmount,
  shareOf,
  splitMicros,
} from "./money.ts";

describe("parseMicros", () => {
  it.each([
    ["12.5", 12_500_000n],
    ["-0.000001", -1n],
    [".5", 500_000n],
    ["7.", 7_000_000n],
    ["1.2E-7", 0n],
    ["1E3", 1_000_000_000n],
    ["0.0000005", 0n], // half to even
    ["0.0000015", 2n],
    ["-0.0000015", -2n],
    ["90071992547409.93", 90_071_992_547_409_930_000n], // beyond what a number holds exactly
  ])("%s is %s micros", (text, micros) => expect(parseMicros(text)).toBe(micros));

  it.each(["", ".", "1,000.00", "12 USD", "0x10", "NaN", "--1", "1e9999"])(
    "%j is refused",
    (text) =>
      expect(() => parseMicros(text)).toThrow(expect.objectContaining({ code: "invalid_input" })),
  );
});

const micros = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

describe("algebra", () => {
  it("text and micros are the same amount", () => {
    fc.assert(
      fc.property(micros, (value) => {
        expect(parseMicros(decimalText(value))).toBe(value);
      }),
    );
  });

  it("a carry keeps the sum of amounts finer than a micro-unit", () => {
    const nanos = fc.array(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), { maxLength: 50 });
    fc.assert(
      fc.property(nanos, (amounts) => {
        const carry = microCarry();
        const given = amounts.reduce((sum, nano) => sum + carry(nanoText(nano)), 0n);
        const exact = amounts.reduce((sum, nano) => sum + nano, 0n);
        expect(given).toBe(parseMicros(nanoText(exact)));
      }),
    );
  });

  it("parts of a split add up to the whole, each within a micro-unit of its share", () => {
    const weights = fc
      .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 20 })
      .filter((all) => all.some((weight) => weight > 0n));
    fc.assert(
      fc.property(micros, weights, (total, all) => {
        const parts = splitMicros(total, all);
        const sum = all.reduce((one, other) => one + other, 0n);
        expect(parts.reduce((one, other) => one + other, 0n)).toBe(total);
        parts.forEach((part, at) => {
          const difference = part * sum - total * (all[at] ?? 0n);
          expect(difference < sum && difference > -sum).toBe(true);
        });
      }),
    );
  });
});

/** Billionths as decimal text. */
function nanoText(nano: bigint): string {
  const size = String(nano < 0n ? -nano : nano).padStart(10, "0");
  return `${nano < 0n ? "-" : ""}${size.slice(0, -9)}.${size.slice(-9)}`;
}

describe("what is refused or has no answer", () => {
  it("never adds two currencies", () => {
    const euros = { micros: 1n, currency: "EUR" };
    expect(() => addMoney({ micros: 1n, currency: "USD" }, euros)).toThrow(
      expect.objectContaining({ code: "internal" }),
    );
    expect(addMoney(euros, euros)).toEqual({ micros: 2n, currency: "EUR" });
  });

  it.each([0n, -5n])("there is no share of %s", (whole) => expect(shareOf(1n, whole)).toBeNull());

  it.each([[[0n, 0n]], [[]], [[2n, -1n]]])("no split by the weights %s", (weights) =>
    expect(() => splitMicros(10n, weights)).toThrow(expect.objectContaining({ code: "internal" })),
  );
});

it.each([
  [1_234_567_890_000n, "1,234,567.89"],
  [-999_995_000n, "-1,000.00"],
  [4_000n, "0.00"],
  [1_005_000n, "1.00"],
])("%s micros read as %s", (value, text) => expect(readableAmount(value)).toBe(text));
