import type { Micros } from "../domain/money.ts";

/** Millionths have six of these digits. */
const MICRO_SCALE = 6;

/**
 * Turns exact sums of `scale` digits after the point into micros that add up to the exact sum of all of
 * them, rounded: what one loses the next is given. The same rule as `microCarry` of the domain, for the
 * numbers that DuckDB gives instead of text.
 */
export function carryMicros(scale: number): (digits: bigint) => Micros {
  const divisor = 10n ** BigInt(scale - MICRO_SCALE);
  let exact = 0n;
  let given = 0n;
  return (digits) => {
    exact += digits;
    const rounded = divideHalfEven(exact, divisor);
    const micros = rounded - given;
    given = rounded;
    return micros;
  };
}

function divideHalfEven(numerator: bigint, divisor: bigint): bigint {
  const quotient = numerator / divisor;
  const rest = numerator % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < divisor || (twice === divisor && quotient % 2n === 0n)) return quotient;
  return quotient + (numerator < 0n ? -1n : 1n);
}
