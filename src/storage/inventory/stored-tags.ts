import type { Link, LinkKind } from "../../domain/links.ts";
import type { InheritedTag, Resource, TagSet } from "../../domain/resource.ts";

/** Tags from their column, which holds what `save-rows` wrote: pairs of key and value, or null. */
export function tagsOf(text: string | null): TagSet | null {
  if (text === null) return null;
  const pairs: readonly (readonly [string, string])[] = JSON.parse(text);
  return pairs.map(([key, value]) => ({ key, value }));
}

/** What the column holds of inherited tags, in the order that the cloud gave. */
export function inheritedText({ inheritedTags }: Pick<Resource, "inheritedTags">): string | null {
  if (inheritedTags === undefined) return null;
  return JSON.stringify(inheritedTags.map(({ key, value, from }) => [key, value, from]));
}

/** The member as a resource has it: absent where no read told. */
export function inheritedOf(text: string | null): {
  readonly inheritedTags?: readonly InheritedTag[];
} {
  if (text === null) return {};
  const rows: readonly (readonly [string, string, string])[] = JSON.parse(text);
  return { inheritedTags: rows.map(([key, value, from]) => ({ key, value, from })) };
}

/** What the column holds of links: pairs of kind and id; null where there are none. */
export function linksText({ links }: Pick<Resource, "links">): string | null {
  return links === undefined ? null : JSON.stringify(links.map(({ kind, to }) => [kind, to]));
}

/** The member as a resource has it: absent where there are none. */
export function linksOf(text: string | null): { readonly links?: readonly Link[] } {
  if (text === null) return {};
  const rows: readonly (readonly [LinkKind, string])[] = JSON.parse(text);
  return { links: rows.map(([kind, to]) => ({ kind, to })) };
}
