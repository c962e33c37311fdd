import type { Cloud } from "../../domain/cloud.ts";
import type { CostGroup, CostKeyFact } from "../../domain/cost/cost-line.ts";
import { monthsOf } from "../../domain/cost/cost-period.ts";
import { parentKeysUnbilled } from "../../domain/cost/parents.ts";
import type { TagSet } from "../../domain/resource.ts";
import type { CostStore } from "../../ports/cost-store.ts";
import type { CostRequest } from "../../ports/costs.ts";
import type { StoredTags } from "../../ports/stored-tags.ts";

/** The answer of a stored bill, whose charges are looked at once more. */
export interface AnsweredBill {
  readonly cloud: Cloud;
  readonly request: CostRequest;
  readonly facts: readonly CostKeyFact[];
}

/**
 * Finds the charges of resources on which the inventory has tags that name a parent, where the bill does
 * not carry those keys. Only those resources are read one by one: a bill has a million others.
 */
export async function adoptParents(
  {
    store,
    inventory,
  }: { readonly store: Pick<CostStore, "groups">; readonly inventory: StoredTags },
  { cloud, request, facts }: AnsweredBill,
  adopt: (group: CostGroup, inventoryTags: TagSet) => void,
): Promise<void> {
  const keys = parentKeysUnbilled(cloud, facts);
  for await (const tags of inventory.holding(cloud, keys)) {
    const question = {
      cloud,
      months: monthsOf(request.period),
      dimensions: [...new Set([...request.dimensions, "resource" as const])],
      accounts: request.accounts,
      resources: [...tags.keys()],
    };
    for await (const page of store.groups(question))
      for (const group of page) adopt(group, tags.get(group.resourceId ?? "") ?? []);
  }
}
