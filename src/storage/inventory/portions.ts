import type { SeenRow } from "./seen-row.ts";

/** As much as pays; more would only take memory. */
const MOST_RESOURCES = 2_048;

/**
 * Puts pages together that can be stored by the same statements: of one cloud, and none with a resource
 * of another, since each sighting of a resource counts.
 */
export function portions(pages: readonly (readonly SeenRow[])[]): readonly (readonly SeenRow[])[] {
  const all: SeenRow[][] = [];
  const seen = new Set<string>();
  let portion: SeenRow[] = [];
  const byCloud = Map.groupBy(pages, ([first]) => first?.place.cloud);
  for (const page of [...byCloud.values()].flat()) {
    if (page.length === 0) continue;
    const fits =
      portion[0]?.place.cloud === page[0]?.place.cloud &&
      seen.size + page.length <= MOST_RESOURCES &&
      page.every(({ key }) => !seen.has(key));
    if (!fits) {
      portion = [];
      all.push(portion);
      seen.clear();
    }
    portion.push(...page);
    for (const { key } of page) seen.add(key);
  }
  return all;
}
