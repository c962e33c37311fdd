import type { Resource } from "../resource.ts";

/**
 * Oldest first, so that a back-test predicts later resources from earlier ones. Many lists do not tell
 * when a resource was made; those are spread evenly over the others by a hash of their id, because any
 * order of ids would put whole accounts and types on one side.
 */
export function inOrderOfAge(resources: readonly Resource[]): readonly Resource[] {
  const dated = resources
    .filter(({ createdAt }) => createdAt !== null)
    .toSorted((a, b) => ((a.createdAt ?? "") < (b.createdAt ?? "") ? -1 : 1));
  const placed = [
    ...dated.map((resource, index) => ({ resource, at: (index + 0.5) / dated.length })),
    ...resources
      .filter(({ createdAt }) => createdAt === null)
      .map((resource) => ({ resource, at: hash32(resource.id) / 2 ** 32 })),
  ];
  return placed.toSorted((a, b) => a.at - b.at).map(({ resource }) => resource);
}

/** FNV-1a of UTF-16 code units, 32 bits, with a final mix so that like ids lie far apart. */
function hash32(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
