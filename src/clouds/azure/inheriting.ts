import type { InheritedTag, Resource } from "../../domain/resource.ts";
import { RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from "./resource-types.ts";

/**
 * Tells each row which tags its resource group and subscription carry. Azure hands nothing down; Cost
 * Management does, where its tag inheritance is switched on, and for usage alone
 * (learn.microsoft.com/azure/cost-management-billing/costs/enable-tag-inheritance). Rows are ordered by
 * id, so that what holds a resource comes before it; where it did not come, nothing is told.
 */
export function inheriting(): (row: Resource) => Resource {
  /** By id in lower case; of a group, its subscription's too. */
  const carried = new Map<string, readonly InheritedTag[]>();
  return (row) => {
    const id = row.id.toLowerCase();
    if (row.type === SUBSCRIPTION_TYPE) {
      carried.set(id, tagsFrom(row));
      return row;
    }
    const subscription = carried.get(`/subscriptions/${row.account}`);
    if (subscription === undefined) return row;
    if (row.type === RESOURCE_GROUP_TYPE) {
      carried.set(id, [...tagsFrom(row), ...subscription]);
      return { ...row, inheritedTags: subscription };
    }
    const group = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/.exec(id)?.[0];
    const inheritedTags = group === undefined ? subscription : carried.get(group);
    return inheritedTags === undefined ? row : { ...row, inheritedTags };
  };
}

function tagsFrom({ id, tags }: Resource): readonly InheritedTag[] {
  return (tags ?? []).map(({ key, value }) => ({ key, value, from: id }));
}
