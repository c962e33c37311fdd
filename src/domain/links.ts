/**
 * What a resource is connected to, so far as the answer that it was read from says so. Links are never
 * judged: what else is connected to the same thing tells what a tag's value may be.
 */
export const LINK_KINDS = ["network", "subnet", "security_group", "network_tag"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export interface Link {
  readonly kind: LinkKind;
  /** Id of the thing, as the cloud gave it; Azure ids in lower case, because ARM spells one in several ways. */
  readonly to: string;
}

type Told = string | undefined | null;

/**
 * The member of a resource for what an answer told, each once and in one order; none where it told of
 * nothing. Absent is not a value.
 */
export function linksTo(told: Readonly<Partial<Record<LinkKind, Told | readonly Told[]>>>): {
  readonly links?: readonly Link[];
} {
  const links = LINK_KINDS.flatMap((kind) => {
    const ids = new Set([told[kind]].flat().flatMap((id) => (id ? [id] : [])));
    return [...ids].toSorted().map((to) => ({ kind, to }));
  });
  return links.length === 0 ? {} : { links };
}
