/** Longest text from a cloud, a tag or a caller that an answer carries, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 1024;

export interface CleanText {
  readonly text: string;
  /** Something was removed or cut: `text` is not exactly what the cloud holds. */
  readonly altered: boolean;
}

/**
 * What a reader cannot see but a model or a terminal acts on: control characters, bidi overrides,
 * zero-width and other default-ignorable characters (tag characters, variation selectors), line and
 * paragraph separators, lone surrogates.
 * @see Unicode Technical Standard #39 and UAX #44, Default_Ignorable_Code_Point
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const ELLIPSIS = "…";

/**
 * Makes text from a cloud or a tag safe to show. Visible characters stay as they are: an id must
 * remain the id, so nothing is normalised. Idempotent.
 * @param maxLength in UTF-16 code units, at least 1
 */
export function cleanText(raw: string, maxLength: number = MAX_TEXT_LENGTH): CleanText {
  const visible = raw.replace(INVISIBLE, "");
  const text = visible.length <= maxLength ? visible : cut(visible, maxLength - 1) + ELLIPSIS;
  return { text, altered: text !== raw };
}

const KEPT_IN_DOCUMENTS = /[\n\t]/;

/** As `cleanText`, for whole documents: line breaks and tabs stay, and nothing is cut. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, (found) => (KEPT_IN_DOCUMENTS.test(found) ? found : ""));
}

/** JSON in which every invisible character stands as its escape: exact, and nothing in it is hidden. */
export function visibleJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(INVISIBLE, (found) =>
    found === "\n"
      ? found
      : Array.from({ length: found.length }, (_, at) => escapeUnit(found.charCodeAt(at))).join(""),
  );
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

/** The first `length` code units, without half of a surrogate pair at the end. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const splitsPair = last >= 0xd8_00 && last <= 0xdb_ff;
  return text.slice(0, splitsPair ? length - 1 : length);
}
