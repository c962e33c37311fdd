/**
 * Deterministic numbers. Everything in the estate hangs on these two functions, so equal seeds make
 * byte-equal estates on every machine: only 32-bit integer arithmetic is used.
 */

/** Avalanche of four integers to an unsigned 32-bit one (the finaliser of MurmurHash3). */
export function hash32(seed: number, a: number, b: number, salt: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  h = scramble(h ^ Math.imul(a + 1, 0xc2b2ae35));
  h = scramble(h ^ Math.imul(b + 1, 0x27d4eb2f));
  return scramble(h ^ Math.imul(salt + 1, 0x165667b1)) >>> 0;
}

function scramble(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The item that `roll` (any unsigned integer) falls on. `items` is never empty. */
export function pick<T>(items: readonly [T, ...T[]], roll: number): T {
  return items[roll % items.length] ?? items[0];
}

/** `digits` lower-case hex digits of an unsigned 32-bit number. */
export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(8, "0").slice(-digits);
}
