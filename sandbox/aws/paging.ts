import type { Estate, EstateGroup, EstateResource } from "../estate/types.ts";

/** The next position to read. */
export interface Cursor {
  readonly ordinal: number;
  readonly index: number;
}

/** An opaque token that is good for one list only (`list` names operation, account and Region). */
export function issuePageToken(list: string, { ordinal, index }: Cursor): string {
  return Buffer.from(`${list}|${ordinal}|${index}`).toString("base64url");
}

/** Where the token points; undefined when it was not issued for this list. */
export function readPageToken(list: string, token: string): Cursor | undefined {
  const text = Buffer.from(token, "base64url").toString("utf8");
  const match = /^(.*)\|(\d+)\|(\d+)$/.exec(text);
  if (match === null || match[1] !== list) return undefined;
  return { ordinal: Number(match[2]), index: Number(match[3]) };
}

export interface PageWanted {
  /** In the estate's order. */
  readonly groups: readonly EstateGroup[];
  /** Absent: from the beginning. */
  readonly from?: Cursor | undefined;
  /** The page is full when its resources weigh this much. */
  readonly limit: number;
  /** Default: every resource weighs 1. */
  readonly weigh?: (resource: EstateResource) => number;
  /** Cheap test before the resource is made. */
  readonly sees?: (group: EstateGroup, index: number) => boolean;
  readonly accepts?: (resource: EstateResource) => boolean;
}

export interface Page {
  readonly resources: readonly EstateResource[];
  /** Undefined at the end. As at AWS, a page behind a cursor may turn out to be empty. */
  readonly next: Cursor | undefined;
}

/** Makes the resources of one page and no others. */
export function takePage(estate: Estate, wanted: PageWanted): Page {
  const { groups, from, limit, sees, accepts, weigh } = wanted;
  const resources: EstateResource[] = [];
  let weight = 0;
  for (const group of groups) {
    const { ordinal, count } = group;
    if (from !== undefined && ordinal < from.ordinal) continue;
    for (let index = ordinal === from?.ordinal ? from.index : 0; index < count; index += 1) {
      if (weight >= limit) return { resources, next: { ordinal, index } };
      if (sees !== undefined && !sees(group, index)) continue;
      const resource = estate.resource(group, index);
      if (accepts !== undefined && !accepts(resource)) continue;
      const own = weigh === undefined ? 1 : weigh(resource);
      if (resources.length > 0 && weight + own > limit)
        return { resources, next: { ordinal, index } };
      resources.push(resource);
      weight += own;
    }
  }
  return { resources, next: undefined };
}

/** One page of a short list that exists as a whole; tokens are offsets bound to the list's name. */
export function sliceOf<T>(
  items: readonly T[],
  {
    list,
    token,
    limit,
  }: { readonly list: string; readonly token: string | undefined; readonly limit: number },
): { readonly items: readonly T[]; readonly next: string | undefined } | undefined {
  const from =
    token === undefined || token === "" ? { ordinal: 0, index: 0 } : readPageToken(list, token);
  if (from === undefined) return undefined;
  const until = from.index + limit;
  return {
    items: items.slice(from.index, until),
    next: until < items.length ? issuePageToken(list, { ordinal: 0, index: until }) : undefined,
  };
}
