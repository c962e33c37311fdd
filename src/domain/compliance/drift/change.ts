import type { TagSet } from "../../resource.ts";

/**
 * What two reads of one resource can differ in. A resource seen for the first time is no change: its
 * number alone tells that it is new.
 */
export const CHANGE_KINDS = [
  "tag_added",
  "tag_removed",
  "tag_changed",
  "resource_gone",
  "resource_returned",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One tag that differs; `null` stands for "not there". */
export interface TagDifference {
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** What turns `before` into `after`, in the order of keys. Keys compare letter for letter. */
export function tagDifferences(before: TagSet, after: TagSet): readonly TagDifference[] {
  const old = new Map(before.map(({ key, value }) => [key, value]));
  const now = new Map(after.map(({ key, value }) => [key, value]));
  const keys = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  return keys.flatMap((key) => {
    const [from, to] = [old.get(key) ?? null, now.get(key) ?? null];
    return from === to ? [] : [{ key, from, to }];
  });
}

/** Undoes differences: the tags as they were before them. */
export function undoDifferences(after: TagSet, differences: readonly TagDifference[]): TagSet {
  const tags = new Map(after.map(({ key, value }) => [key, value]));
  for (const { key, from } of differences) {
    if (from === null) tags.delete(key);
    else tags.set(key, from);
  }
  return [...tags].map(([key, value]) => ({ key, value }));
}
