import { AppError } from "./errors.ts";

/** Micro-units (millionths) of one unit of currency. Always a bigint: a large bill exceeds 2^53 micros. */
export type Micros = bigint;

/** An amount with its currency. Amounts of different currencies are never added. */
export interface Money {
  readonly micros: Micros;
  /** ISO 4217 code, such as `USD`. */
  readonly currency: string;
}

const MICRO_SCALE = 6;
const MICROS_PER_UNIT = 1_000_000n;

/** A decimal number without loss: `digits` × 10^-`scale`. */
export interface Decimal {
  readonly digits: bigint;
  /** Digits after the point, 0 or more. */
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads decimal text as bills write it (`12.50`, `-0.0000012`, `.5`, `1.2E-7`), exactly.
 * @throws {AppError} `invalid_input` for anything else, thousands separators included.
 */
export function parseDecimal(text: string): Decimal {
  const match = DECIMAL.exec(text.trim());
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match ?? [];
  if (match === null || whole + fraction === "")
    throw new AppError("invalid_input", "An amount is not a decimal number.", {
      hint: "Write amounts with digits and one decimal point, without thousands separators.",
      details: { amount: text.slice(0, 64) },
    });
  const magnitude = BigInt(whole + fraction);
  const digits = sign === "-" ? -magnitude : magnitude;
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/**
 * The micros of decimal text, rounded half to even where it is finer than a micro-unit. For one amount;
 * for many amounts that must keep their sum use `microCarry`.
 * @throws {AppError} `invalid_input` as `parseDecimal`.
 */
export function parseMicros(text: string): Micros {
  const { digits, scale } = parseDecimal(text);
  return scale <= MICRO_SCALE
    ? digits * 10n ** BigInt(MICRO_SCALE - scale)
    : divideHalfEven(digits, 10n ** BigInt(scale - MICRO_SCALE));
}

/**
 * Turns a series of amounts finer than a micro-unit into micros whose sum is the rounded exact sum: what
 * one amount loses the next one is given. Use one per currency and metric.
 * @throws {AppError} `invalid_input` as `parseDecimal`, from the returned function.
 */
export function microCarry(): (text: string) => Micros {
  let exact: Decimal = { digits: 0n, scale: MICRO_SCALE };
  let given = 0n;
  return (text) => {
    exact = addDecimals(exact, parseDecimal(text));
    const rounded = divideHalfEven(exact.digits, 10n ** BigInt(exact.scale - MICRO_SCALE));
    const micros = rounded - given;
    given = rounded;
    return micros;
  };
}

function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const lifted = ({ digits, scale: own }: Decimal): bigint => digits * 10n ** BigInt(scale - own);
  return { digits: lifted(a) + lifted(b), scale };
}

function divideHalfEven(numerator: bigint, divisor: bigint): bigint {
  const quotient = numerator / divisor;
  const rest = numerator % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < divisor || (twice === divisor && quotient % 2n === 0n)) return quotient;
  return quotient + (numerator < 0n ? -1n : 1n);
}

/** @throws {AppError} `internal` when the currencies differ. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency)
    throw new AppError("internal", "Amounts of different currencies were added.");
  return { micros: a.micros + b.micros, currency: a.currency };
}

/**
 * Splits an amount by weights so that the parts add up to it exactly: each part is its share rounded
 * towards zero, and the micros left over go one each to the largest remainders (first on a tie).
 * @throws {AppError} `internal` when no weight is positive or one is negative.
 */
export function splitMicros(total: Micros, weights: readonly bigint[]): readonly Micros[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  if (sum <= 0n || weights.some((weight) => weight < 0n))
    throw new AppError("internal", "An amount cannot be split by these weights.");
  const size = total < 0n ? -total : total;
  const parts = weights.map((weight) => (size * weight) / sum);
  let left = size - parts.reduce((all, part) => all + part, 0n);
  const byRemainder = weights
    .map((weight, at) => ({ at, remainder: (size * weight) % sum }))
    .toSorted((a, b) =>
      a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1,
    );
  for (const { at } of byRemainder) {
    if (left === 0n) break;
    parts[at] = (parts[at] ?? 0n) + 1n;
    left -= 1n;
  }
  return total < 0n ? parts.map((part) => -part) : parts;
}

/**
 * `part / whole` to nine digits; null when the whole is zero or negative, where a share means nothing.
 * It can be below 0 or above 1 where refunds outweigh charges.
 */
export function shareOf(part: Micros, whole: Micros): number | null {
  return whole <= 0n ? null : Number((part * 1_000_000_000n) / whole) / 1e9;
}

/** Exact decimal text with at least two digits after the point: `1234.50`, `-0.000001`. */
export function decimalText(micros: Micros): string {
  const size = micros < 0n ? -micros : micros;
  const fraction = String(size % MICROS_PER_UNIT).padStart(MICRO_SCALE, "0");
  const shown = fraction.slice(0, 2) + fraction.slice(2).replace(/0+$/, "");
  return `${micros < 0n ? "-" : ""}${size / MICROS_PER_UNIT}.${shown}`;
}

/** Rounded to hundredths, half to even, with thousands separators: `-1,234.50`. For people only. */
export function readableAmount(micros: Micros): string {
  const cents = divideHalfEven(micros, 10_000n);
  const size = cents < 0n ? -cents : cents;
  const whole = String(size / 100n).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return `${cents < 0n ? "-" : ""}${whole}.${String(size % 100n).padStart(2, "0")}`;
}
