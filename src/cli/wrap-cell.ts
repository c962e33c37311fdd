/** Escape codes have no width and are never cut. */
// oxlint-disable-next-line no-control-regex -- what styles text begins with this control character
const PIECES = /\u001B\[[\d;]*m|[^\u001B]/gu;

/**
 * Breaks a text into lines of at most `width` characters: after a space where there is one, else after
 * a character that ids are made of, else anywhere.
 */
export function wrapCell(text: string, width: number): string {
  const lines: string[] = [];
  let line: string[] = [];
  let used = 0;
  for (const piece of text.match(PIECES) ?? []) {
    const isCode = piece.length > 1 && piece.startsWith("\u001B");
    if (!isCode && used === width) {
      const at = breakAfter(line);
      const next = line.splice(at);
      lines.push(line.join("").trimEnd());
      line = next;
      used = next.filter((one) => !one.startsWith("\u001B")).length;
    }
    line.push(piece);
    if (!isCode) used += 1;
  }
  return [...lines, line.join("")].join("\n");
}

function breakAfter(line: readonly string[]): number {
  for (const breaks of [/ /, /\//, /[:.,_-]/]) {
    const at = line.findLastIndex((piece) => piece.length === 1 && breaks.test(piece));
    if (at > 0) return at + 1;
  }
  return line.length;
}
