/** Text with at most one `*`, as AWS tag policies have it: anchored, the star stands for any text. */
export interface Wildcard {
  readonly prefix: string;
  readonly suffix: string;
}

/** Null when the text has no star; the schema refuses more than one. */
export function asWildcard(text: string): Wildcard | null {
  const star = text.indexOf("*");
  if (star < 0) return null;
  return { prefix: text.slice(0, star), suffix: text.slice(star + 1) };
}

export function matchesWildcard({ prefix, suffix }: Wildcard, text: string): boolean {
  return (
    text.length >= prefix.length + suffix.length && text.startsWith(prefix) && text.endsWith(suffix)
  );
}

/**
 * Any number of `*`, anchored, in time linear in the text per piece: for ids and accounts of exemptions.
 * @param fold applied to both sides, such as lower-casing for Azure ids.
 */
export function globMatcher(
  glob: string,
  fold: (text: string) => string = (text) => text,
): (text: string) => boolean {
  const pieces = fold(glob).split("*");
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return (text) => fold(text) === first;
  const last = pieces.at(-1) ?? "";
  const middle = pieces.slice(1, -1);
  return (text) => {
    const folded = fold(text);
    const end = folded.length - last.length;
    if (end < first.length || !folded.startsWith(first) || !folded.endsWith(last)) return false;
    let at = first.length;
    for (const piece of middle) {
      const found = folded.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
