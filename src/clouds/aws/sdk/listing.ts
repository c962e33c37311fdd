import type { Link } from "../../../domain/links.ts";
import type { TagSet } from "../../../domain/resource.ts";

/** One resource as a service's own list shows it. */
export interface Listed {
  /** Its ARN where the service gives one, else the name or id that the ARN is built from. */
  readonly id: string;
  /** Undefined where the list does not show tags; never to be read as "has none". */
  readonly tags?: TagSet;
  /** ISO 8601 UTC; null where the list does not say. */
  readonly createdAt: string | null;
  /** Account that owns it, where the list also shows what other accounts share. */
  readonly owner?: string;
  /** What the list itself says that it is connected to. */
  readonly links?: readonly Link[];
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

/** One page of a list; the first when `token` is undefined. */
export type List = (token: string | undefined, signal: AbortSignal) => Promise<Page<Listed>>;

/** What is read of an item; undefined leaves the item out (it is being deleted, or not a resource). */
interface Item {
  readonly id: string | undefined;
  readonly tags?: TagSet;
  readonly createdAt?: Date | string | undefined;
  readonly owner?: string | undefined;
  readonly links?: readonly Link[];
}

/** A page of `items`; what `read` leaves out is missing from it. Services end with an empty token or none. */
export function pageOf<T>(
  items: readonly T[] | undefined,
  next: string | undefined,
  read: (item: T) => Item | undefined,
): Page<Listed> {
  const rows = (items ?? []).flatMap((raw): Listed[] => {
    const item = read(raw);
    if (item?.id === undefined || item.id === "") return [];
    const { id, tags, createdAt, owner, links } = item;
    return [
      {
        id,
        createdAt: toIso(createdAt),
        ...(tags === undefined ? {} : { tags }),
        ...(owner === undefined || owner === "" ? {} : { owner }),
        ...(links === undefined ? {} : { links }),
      },
    ];
  });
  return { rows, next: next || undefined };
}

function toIso(time: Date | string | undefined): string | null {
  if (time === undefined) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Tags of the services that give them as an object. */
export function readTagMap(tags: Readonly<Record<string, string>> | undefined): TagSet {
  return Object.entries(tags ?? {}).map(([key, value]) => ({ key, value }));
}
