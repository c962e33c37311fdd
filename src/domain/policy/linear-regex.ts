import { codePoints } from "./code-points.ts";
import { RE2JS, RE2JSException } from "re2js";

/**
 * Largest compiled program accepted. Matching costs program size × value length; with values of at
 * most 256 characters this keeps the worst pattern that loads to some tens of milliseconds, once per value.
 */
const MAX_PROGRAM_SIZE = 1000;
/** No cloud holds longer values (AWS and Azure 256 characters, GCP 63), so nothing longer can match. */
const MAX_VALUE_CHARACTERS = 256;

export interface LinearRegex {
  /** Does the whole value match? Values no cloud can hold never do. */
  matches(value: string): boolean;
}

/** Why a pattern is refused, in our words. */
export type RegexProblem = { readonly problem: string };

/**
 * Compiles RE2 syntax for full matches in time linear in the value: no back-tracking, so no pattern
 * and no value can hang. Look-around and back references do not exist in this syntax and are refused.
 */
export function compileLinearRegex(
  pattern: string,
  caseSensitive: boolean,
): LinearRegex | RegexProblem {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return {
      problem:
        "Not a valid regular expression in RE2 syntax (look-around and back references do not exist in it).",
    };
  }
  if (compiled.programSize() > MAX_PROGRAM_SIZE) {
    return { problem: "The regular expression is too large; use smaller repeat counts." };
  }
  return {
    matches: (value) => characters(value) <= MAX_VALUE_CHARACTERS && compiled.testExact(value),
  };
}

/** Unicode characters, counted only when UTF-16 units leave it open. */
function characters(value: string): number {
  if (value.length <= MAX_VALUE_CHARACTERS) return value.length;
  return value.length > 2 * MAX_VALUE_CHARACTERS ? value.length : codePoints(value);
}
