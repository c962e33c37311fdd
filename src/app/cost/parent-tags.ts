import type { AllocationJudge } from "../../domain/cost/allocation.ts";
import type { CostGroup } from "../../domain/cost/cost-line.ts";
import { costResourceKey } from "../../domain/cost/resource-key.ts";
import type { TagSet } from "../../domain/resource.ts";
import type { StoredTags } from "../../ports/stored-tags.ts";

/**
 * The inventory's tags of the resources behind charges that nobody answers for, so that their parents are
 * found where the bill does not name them. Groups of one cloud.
 */
export async function parentTags(
  inventory: StoredTags,
  judge: AllocationJudge,
  groups: readonly CostGroup[],
): Promise<ReadonlyMap<CostGroup, TagSet>> {
  const found = new Map<CostGroup, TagSet>();
  const keys = new Map<CostGroup, string>();
  for (const group of groups) {
    const key = costResourceKey(group);
    if (key !== null && judge.judge(group).bucket.startsWith("gap_")) keys.set(group, key);
  }
  const [first] = keys.keys();
  if (first === undefined) return found;
  const tags = await inventory.tagsOf(first.cloud, [...new Set(keys.values())]);
  for (const [group, key] of keys) {
    const own = tags.get(key);
    if (own !== undefined) found.set(group, own);
  }
  return found;
}
