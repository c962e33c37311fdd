import { RE2JS } from "re2js";

/** A filter, or the reason why Google would refuse it. */
export type Filter<Subject> =
  | { readonly ok: true; readonly matches: (subject: Subject) => boolean }
  | { readonly ok: false; readonly reason: string };

/** `compute.googleapis.com/Instance` */
const LITERAL_TYPE = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*\.googleapis\.com\/[A-Z]\w*$/;

/**
 * The `assetTypes` parameter: each value is an RE2 expression that must match a whole asset type. One
 * that matches no searchable type is refused; a plainly spelled type that the estate does not have
 * counts as searchable.
 */
export function assetTypeFilter(
  patterns: readonly string[],
  known: ReadonlySet<string>,
): Filter<string> {
  const wanted = new Set<string>();
  for (const pattern of patterns) {
    const expression = compile(pattern);
    if (expression === undefined) return { ok: false, reason: `'${pattern}' is not valid RE2.` };
    const found = [...known].filter((type) => expression.matcher(type).matches());
    if (found.length === 0 && !LITERAL_TYPE.test(pattern)) {
      return { ok: false, reason: `'${pattern}' matches no searchable asset type.` };
    }
    for (const type of found) wanted.add(type);
  }
  return { ok: true, matches: (type) => patterns.length === 0 || wanted.has(type) };
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

const TERM =
  /\s*(?:AND\s+)?(location|project)\s*([:=])\s*(?:\(([^()]*)\)|"([^"]*)"|([^\s()"]+))\s*/gy;

type Test = (text: string) => boolean;

/** What a query says of an asset's location and of its project (`projects/` and the number). */
export type SearchFilter =
  | { readonly ok: true; readonly location: Test; readonly project: Test }
  | { readonly ok: false; readonly reason: string };

/**
 * The part of the `query` parameter that the sandbox has: `location:us-central1`, `location=us`,
 * `location:us-*`, `location:(us OR eu)`, the same of `project`, and several of these. `:` finds a
 * value's words in that order, `*` the beginning of the last one, `=` the whole value
 * (cloud.google.com/asset-inventory/docs/query-syntax).
 */
export function searchFilter(query: string): SearchFilter {
  const tests: Record<string, Test[]> = { location: [], project: [] };
  const terms = new RegExp(TERM);
  while (terms.lastIndex < query.length) {
    const match = terms.exec(query);
    if (match === null) {
      return { ok: false, reason: "The query is outside the simulated part of the syntax." };
    }
    const [, field = "", operator, group, quoted, word] = match;
    const values = group?.split(/\s+OR\s+/) ?? [quoted ?? word ?? ""];
    const meets = operator === "=" ? sameText : hasWords;
    tests[field]?.push((text) => values.some((value) => meets(value, text)));
  }
  const all = (field: string): Test => {
    const chosen = tests[field] ?? [];
    return (text) => chosen.every((test) => test(text));
  };
  return { ok: true, location: all("location"), project: all("project") };
}

function sameText(value: string, location: string): boolean {
  return value.trim().toLowerCase() === location.toLowerCase();
}

function hasWords(value: string, location: string): boolean {
  const isPrefix = value.trim().endsWith("*");
  const wanted = `-${wordsOf(value).join("-")}${isPrefix ? "" : "-"}`;
  return `-${wordsOf(location).join("-")}-`.includes(wanted);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
