import type { InheritedTag, Resource } from "../../domain/resource.ts";
import { RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from "./resource-types.ts";

/**
 * Tells each row which tags its resource group and subscription carry. Azure hands nothing down; Cost
 * Management does, where its tag inheritance is switched on, and for usage alone
 * (learn.microsoft.com/azure/cost-management-billing/costs/enable-tag-inheritance). Rows are ordered by
 * id, so that what holds a resource comes before it; where it did not come, nothing is told.
 */
export function inheriting(): (row: Resource) => Resource {
  /** What subscriptions and groups carry, by id in lower case. */
  const carried = new Map<string, readonly InheritedTag[]>();
  /** What each group hands down, its subscription's included: one list for all resources in it. */
  const handedDown = new Map<string, readonly InheritedTag[]>();
  return (row) => {
    const id = row.id.toLowerCase();
    const isGroup = row.type === RESOURCE_GROUP_TYPE;
    if (isGroup || row.type === SUBSCRIPTION_TYPE) carried.set(id, tagsFrom(row));
    if (row.type === SUBSCRIPTION_TYPE) return row;
    const subscription = carried.get(`/subscriptions/${row.account}`);
    const group = isGroup ? undefined : GROUP.exec(id)?.[0];
    const inheritedTags = group === undefined ? subscription : listOf(group, subscription);
    return inheritedTags === undefined ? row : { ...row, inheritedTags };
  };

  function listOf(
    group: string,
    subscription: readonly InheritedTag[] | undefined,
  ): readonly InheritedTag[] | undefined {
    const own = carried.get(group);
    if (own === undefined || subscription === undefined) return undefined;
    const list = handedDown.get(group) ?? [...own, ...subscription];
    handedDown.set(group, list);
    return list;
  }
}

const GROUP = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/;

function tagsFrom({ id, tags }: Resource): readonly InheritedTag[] {
  return (tags ?? []).map(({ key, value }) => ({ key, value, from: id }));
}
