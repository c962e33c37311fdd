/**
 * What a GCP label can hold, and the label key a canonical tag name maps to.
 * Source: "Requirements for labels", https://cloud.google.com/resource-manager/docs/labels-overview:
 * at most 63 characters and 128 bytes, lower-case letters, digits, `_` and `-`, international
 * characters allowed; a key is not empty and starts with a lower-case or international letter.
 */
const LABEL_KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;
const MAX_BYTES = 128;
/** Letters and marks that stay inexpressible after lower-casing: dropping one would change the name. */
const INEXPRESSIBLE = /[\p{Lu}\p{Lt}\p{Lm}\p{M}]/u;

export function isGcpLabelKey(key: string): boolean {
  return LABEL_KEY.test(key) && utf8Bytes(key) <= MAX_BYTES;
}

export function isGcpLabelValue(value: string): boolean {
  return LABEL_VALUE.test(value) && utf8Bytes(value) <= MAX_BYTES;
}

/**
 * The label key a canonical name stands for: words are found by case and punctuation, lower-cased and
 * joined by `_`. `CostCenter`, `cost-center` and `Cost Center` all give `cost_center`.
 * Only punctuation is replaced. Null when a letter has no label form, nothing is left, or the result
 * would have to be cut: a key never loses a part silently.
 */
export function gcpLabelKey(name: string): string | null {
  const lower = name
    .normalize("NFC")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .normalize("NFC");
  if (INEXPRESSIBLE.test(lower)) return null;
  const words = lower.split(/[^\p{Ll}\p{Lo}\p{N}]+/u).filter((word) => word !== "");
  const joined = words.join("_");
  // A label key must start with a letter; `k_` is added rather than the digit lost.
  const key = /^\p{N}/u.test(joined) ? `k_${joined}` : joined;
  return isGcpLabelKey(key) ? key : null;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
