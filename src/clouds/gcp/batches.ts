import type { ScopedProject } from "./cell-reading.ts";
import {
  MAX_PAGES_TOGETHER,
  MAX_PROJECTS_PER_SEARCH,
  MAX_RESULTS_PER_PAGE,
  MIN_PROJECTS_TO_JOIN,
} from "./limits.ts";
import type { GcpProject } from "./projects.ts";

/** Projects that are read by one search, or a single one that is read by its own. */
export type Batch = readonly [GcpProject] | readonly ScopedProject[];

/**
 * Projects of one organization or folder are searched together: the quota counts searches, and
 * thousands of nearly empty projects must not cost one each. Google tells no sizes beforehand, so a
 * project is taken for small until it was read alone; one that fills pages of its own, or of which no
 * scope is known, is not joined.
 * @param sizes resources that were found in a project before.
 */
export function planBatches(
  projects: readonly GcpProject[],
  sizes: ReadonlyMap<string, number>,
): readonly Batch[] {
  const batches: Batch[] = [];
  const joinable = new Map<string, ScopedProject[]>();
  for (const project of projects) {
    const { id, name, number, scope } = project;
    const large = (sizes.get(id) ?? 0) > MAX_RESULTS_PER_PAGE;
    if (number === undefined || scope === undefined || large) batches.push([project]);
    else joinable.set(scope, [...(joinable.get(scope) ?? []), { id, name, number, scope }]);
  }
  for (const group of joinable.values()) {
    if (group.length < MIN_PROJECTS_TO_JOIN) batches.push(...group.map((one) => [one] as const));
    else batches.push(...pack(group, sizes));
  }
  return batches;
}

/** One page less than a joined search may have: what is new since must find room. */
const MAX_RESULTS_TOGETHER = (MAX_PAGES_TOGETHER - 1) * MAX_RESULTS_PER_PAGE;

function pack(
  group: readonly ScopedProject[],
  sizes: ReadonlyMap<string, number>,
): readonly (readonly ScopedProject[])[] {
  const packs: ScopedProject[][] = [[]];
  let results = 0;
  for (const project of group) {
    const own = sizes.get(project.id) ?? 0;
    const open = packs.at(-1) ?? [];
    if (results + own > MAX_RESULTS_TOGETHER || open.length === MAX_PROJECTS_PER_SEARCH) {
      packs.push([project]);
      results = own;
      continue;
    }
    open.push(project);
    results += own;
  }
  return packs;
}
