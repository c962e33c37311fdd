import type { Page } from "./sighting.ts";

/** As much as pays; more would only take memory. */
const MOST_RESOURCES = 2_048;

/**
 * Puts pages together that can be stored by the same statements: of one cloud, and none with a resource
 * of another, since each sighting of a resource counts.
 */
export function portions(pages: readonly Page[]): readonly (readonly Page[])[] {
  const all: Page[][] = [];
  const seen = new Set<string>();
  let portion: Page[] = [];
  const byCloud = Map.groupBy(pages, ({ cell }) => cell.cloud);
  for (const one of [...byCloud.values()].flat()) {
    const fits =
      portion[0]?.cell.cloud === one.cell.cloud &&
      seen.size + one.page.length <= MOST_RESOURCES &&
      one.page.every(({ resource }) => !seen.has(resource.id.toLowerCase()));
    if (!fits) {
      portion = [];
      all.push(portion);
      seen.clear();
    }
    portion.push(one);
    for (const { resource } of one.page) seen.add(resource.id.toLowerCase());
  }
  return all;
}
