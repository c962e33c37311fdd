const SEPARATORS = "[\\s_.:/\\\\-]+";
/** Not between two digits: 10.0 is not 100. */
const LOOSE_SEPARATORS = new RegExp(`(?<!\\d)${SEPARATORS}|${SEPARATORS}(?!\\d)`, "gu");
const NOT_LETTER_OR_DIGIT = /[^\p{L}\p{N}]+/gu;

/** Makes values equal that differ by case and separators only: `Data Platform`, `data-platform`. */
export function foldValue(value: string): string {
  const lower = value.trim().toLowerCase();
  return lower.replace(LOOSE_SEPARATORS, "");
}

/** The letters and digits of a key in lower case: `Cost-Center`, `costCenter` and `COST_CENTER` are one. */
export function keyLetters(key: string): string {
  return key.toLowerCase().replace(NOT_LETTER_OR_DIGIT, "");
}
