/**
 * Deterministic numbers. Everything in the estate hangs on these functions, so equal seeds make
 * byte-equal estates on every machine: only 32-bit integer arithmetic is used.
 */

/** Avalanche of four integers to an unsigned 32-bit one (the finaliser of MurmurHash3). */
export function hash32(seed: number, a: number, b: number, salt: number): number {
  return salted(hashRoot(seed, a, b), salt);
}

/** What all draws for one `(a, b)` have in common: `salted(hashRoot(seed, a, b), salt)` is `hash32` of the four. */
export function hashRoot(seed: number, a: number, b: number): number {
  const h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  return scramble(scramble(h ^ Math.imul(a + 1, 0xc2b2ae35)) ^ Math.imul(b + 1, 0x27d4eb2f));
}

export function salted(root: number, salt: number): number {
  return scramble(root ^ Math.imul(salt + 1, 0x165667b1)) >>> 0;
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

/** Looking three digits up is several times as fast as writing them. */
const THREE_DIGITS: readonly string[] = Array.from({ length: 16 ** 3 }, (_, value) =>
  value.toString(16).padStart(3, "0"),
);

/** The last `digits` (1 to 8) lower-case hex digits of an unsigned 32-bit number. */
export function hex(value: number, digits: number): string {
  const last = THREE_DIGITS[value & 0xfff] ?? "";
  return digits <= 3 ? last.slice(3 - digits) : hex(value >>> 12, digits - 3) + last;
}
