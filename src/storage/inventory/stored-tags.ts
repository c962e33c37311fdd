import type { TagSet } from "../../domain/resource.ts";

/** Tags from their column, which holds what `save-page` wrote: pairs of key and value, or null. */
export function tagsOf(text: string | null): TagSet | null {
  if (text === null) return null;
  const pairs: readonly (readonly [string, string])[] = JSON.parse(text);
  return pairs.map(([key, value]) => ({ key, value }));
}
