import type { CostKey } from "../domain/cost/cost-line.ts";
import type { TagSet } from "../domain/resource.ts";
import { type Column, identifier } from "./columns.ts";

/**
 * How a file carries tags. `keys`: a column a key, given as SQL of the tag's value. `json`: the whole set
 * as JSON text, an object or a list of `{key, value}`.
 */
export type TagReading =
  | {
      readonly kind: "keys";
      readonly keys: readonly { readonly key: string; readonly sql: string }[];
    }
  | { readonly kind: "json"; readonly sql: string };

/** What AWS puts before the keys people chose. */
const USER_PREFIX = "user:";

/**
 * A key as AWS Glue makes it a column of the Cost and Usage Report: an underscore before capitals, lower
 * case, anything else an underscore (docs.aws.amazon.com/cur/latest/userguide/cur-ate-run.html).
 */
export function columnForm(key: string): string {
  return key
    .replaceAll(/(?<=[^A-Z_])(?=[A-Z])/g, "_")
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
}

/**
 * A column that holds the whole set: JSON text, a map, or a list of `{key, value}`. A map is not asked key
 * by key: written out it takes as long as five look-ups, and a policy has more spellings than that.
 */
export function tagsIn({ name, type }: Column): TagReading {
  const value = identifier(name);
  return {
    kind: "json",
    sql: `CAST(${type === "VARCHAR" ? value : `to_json(${value})`} AS VARCHAR)`,
  };
}

/** Reads the tags that a policy asks for out of what a bill carries, and notes which keys it saw. */
export interface TagMatcher {
  /** @param carried key and value as the bill has them; an absent value is null. */
  match(carried: Iterable<readonly [key: string, value: string | null]>): TagSet;
  /** Canonical names of keys that some line carried. */
  readonly seen: ReadonlySet<string>;
}

/** @param normalised the bill may write keys in their column form (the Cost and Usage Report does). */
export function createTagMatcher(keys: readonly CostKey[], normalised: boolean): TagMatcher {
  const exact = new Map<string, { readonly tag: string; readonly spelling: string | null }>();
  const folded = new Map<string, string>();
  const offer = (written: string, tag: string, spelling: string | null): void => {
    if (!exact.has(written)) exact.set(written, { tag, spelling });
  };
  for (const { tag, spellings, ignoreCase } of keys)
    for (const spelling of spellings) {
      offer(spelling, tag, null);
      offer(`${USER_PREFIX}${spelling}`, tag, spelling);
      if (ignoreCase) folded.set(spelling.toLowerCase(), tag);
    }
  // After all of the exact ones: what people really wrote wins over what it may have been.
  if (normalised)
    for (const { tag, spellings } of keys)
      for (const spelling of spellings) {
        offer(`user_${columnForm(spelling)}`, tag, spelling);
        offer(columnForm(spelling), tag, spelling);
      }
  const seen = new Set<string>();
  const match: TagMatcher["match"] = (carried) => {
    const tags: { key: string; value: string }[] = [];
    for (const [key, value] of carried) {
      if (value === null) continue;
      const known = exact.get(key);
      const bare = key.startsWith(USER_PREFIX) ? key.slice(USER_PREFIX.length) : key;
      const tag = known?.tag ?? folded.get(bare.toLowerCase());
      if (tag === undefined) continue;
      seen.add(tag);
      tags.push({ key: known?.spelling ?? (known === undefined ? bare : key), value });
    }
    return tags;
  };
  return { match, seen };
}

/** The pairs in JSON tags: an object, or a list of `{key, value}`. Nothing for what is no JSON. */
export function pairsInJson(text: string | null): readonly (readonly [string, string | null])[] {
  if (text === null || text === "") return [];
  const json = parse(text);
  if (Array.isArray(json))
    return json.flatMap((entry) => {
      const key = isRecord(entry) ? entry["key"] : undefined;
      return isRecord(entry) && typeof key === "string" ? [[key, valueOf(entry["value"])]] : [];
    });
  return isRecord(json) ? Object.entries(json).map(([key, value]) => [key, valueOf(value)]) : [];
}

/** FOCUS finalises a tag without a value to `true`; a null stands for an empty one. */
function valueOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
