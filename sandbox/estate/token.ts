import { hash32, hex } from "./random.ts";

/**
 * Ten hex digits at the end of every id and name. They are the resource's (group, index) under a
 * seeded permutation, so that an id looks random and is still found without any stored map.
 */
const TOKEN_DIGITS = 10;

/** Groups and indexes are below 2^20: a million resources fit, and so do their groups. */
const HALF_MASK = 0xfffff;
const HALF_DIGITS = 5;
const SALT = 0x70c;

export interface Position {
  readonly ordinal: number;
  readonly index: number;
}

export function encodeToken(seed: number, { ordinal, index }: Position): string {
  let left = ordinal;
  let right = index;
  left ^= round(seed, right, 0);
  right ^= round(seed, left, 1);
  left ^= round(seed, right, 2);
  return hex(left, HALF_DIGITS) + hex(right, HALF_DIGITS);
}

/** The position that the last digits of `text` stand for; undefined when they are not a token. */
export function decodeToken(seed: number, text: string): Position | undefined {
  const token = text.slice(-TOKEN_DIGITS).toLowerCase();
  if (!/^[0-9a-f]{10}$/.test(token)) return undefined;
  let left = Number.parseInt(token.slice(0, HALF_DIGITS), 16);
  let right = Number.parseInt(token.slice(HALF_DIGITS), 16);
  left ^= round(seed, right, 2);
  right ^= round(seed, left, 1);
  left ^= round(seed, right, 0);
  return { ordinal: left, index: right };
}

function round(seed: number, half: number, step: number): number {
  return hash32(seed, half, step, SALT) & HALF_MASK;
}
