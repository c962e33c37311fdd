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
  /** Which of the groups are on the list. Default: all. */
  readonly seesGroup?: (group: EstateGroup) => boolean;
  /** Cheap test before the resource is made. */
  readonly sees?: (group: EstateGroup, index: number) => boolean;
  readonly accepts?: (resource: EstateResource) => boolean;
}

export interface Page {
  readonly resources: readonly EstateResource[];
  /** Undefined at the end. As at AWS, a page behind a cursor may turn out to be empty. */
  readonly next: Cursor | undefined;
}

const BEGINNING: Cursor = { ordinal: 0, index: 0 };

/** Makes the resources of one page and no others. */
export function takePage(estate: Estate, wanted: PageWanted): Page {
  const { groups, from = BEGINNING, seesGroup = () => true } = wanted;
  const page = { resources: [], weight: 0 };
  for (const group of groups) {
    const { ordinal } = group;
    if (ordinal < from.ordinal || !seesGroup(group)) continue;
    const first = ordinal === from.ordinal ? from.index : 0;
    const index = fill(page, { estate, wanted, group, first });
    if (index !== undefined) return { resources: page.resources, next: { ordinal, index } };
  }
  return { resources: page.resources, next: undefined };
}

/** Adds what is seen of the group from `first` on; the index at which the page was full, if it was. */
function fill(
  page: { readonly resources: EstateResource[]; weight: number },
  {
    estate,
    wanted,
    group,
    first,
  }: {
    readonly estate: Estate;
    readonly wanted: PageWanted;
    readonly group: EstateGroup;
    readonly first: number;
  },
): number | undefined {
  const { limit, weigh = () => 1, sees = () => true, accepts = () => true } = wanted;
  for (let index = first; index < group.count; index += 1) {
    if (page.weight >= limit) return index;
    if (!sees(group, index)) continue;
    const resource = estate.resource(group, index);
    if (!accepts(resource)) continue;
    const own = weigh(resource);
    if (page.resources.length > 0 && page.weight + own > limit) return index;
    page.resources.push(resource);
    page.weight += own;
  }
  return undefined;
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
