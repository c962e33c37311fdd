import type { Tag, TagSet } from "../../resource.ts";

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
  const was = new Map(differences.map(({ key, from }) => [key, from]));
  const before: Tag[] = [];
  for (const tag of after) {
    const value = was.get(tag.key);
    if (value === undefined) before.push(tag);
    else if (value !== null) before.push({ key: tag.key, value });
    was.delete(tag.key);
  }
  for (const [key, value] of was) if (value !== null) before.push({ key, value });
  return before;
}
