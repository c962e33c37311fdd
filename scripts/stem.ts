/** Longest first; the rest of the word must stay long enough to mean something. */
const ENDINGS: readonly (readonly [ending: string, replacement: string])[] = [
  ["ations", "at"],
  ["ation", "at"],
  ["ities", "it"],
  ["ings", ""],
  ["iest", "y"],
  ["ies", "y"],
  ["ing", ""],
  ["ier", "y"],
  ["ity", "it"],
  ["ive", "iv"],
  ["ied", "y"],
  ["ed", ""],
  ["es", ""],
  ["ly", ""],
  ["s", ""],
  ["e", ""],
];
const SHORTEST_STEM = 3;

/**
 * The stem of an English word in lower case, by cutting its ending: enough to find `tagged` by `tagging`.
 * Cruder than Porter's, which nothing here would gain from.
 */
export function stem(word: string): string {
  if (word.endsWith("ss")) return word;
  const found = ENDINGS.find(
    ([ending]) => word.endsWith(ending) && word.length - ending.length >= SHORTEST_STEM,
  );
  if (found === undefined) return word;
  const cut = word.slice(0, word.length - found[0].length) + found[1];
  return undoubled(cut);
}

/** `tagg` of `tagging` is `tag`. */
function undoubled(word: string): string {
  const last = word.at(-1);
  const doubled = last !== undefined && last === word.at(-2) && !"aeiouls".includes(last);
  return doubled ? word.slice(0, -1) : word;
}
