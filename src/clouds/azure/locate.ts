import type { Locate } from "../../ports/locate.ts";
import { AZURE_RESOURCE_TYPES, RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from "./resource-types.ts";

const KNOWN = new Map(AZURE_RESOURCE_TYPES.map(({ id }) => [id.toLowerCase(), id]));
const SUBSCRIPTION = /^\/subscriptions\/([\da-f-]{36})(?:\/(.*))?$/i;

/**
 * From the segments of a resource id
 * (learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules): the type is the
 * namespace behind the last `providers`, and every second segment after it.
 */
export const locateAzureId: Locate = (id) => {
  const [whole, account, rest = ""] = SUBSCRIPTION.exec(id) ?? [];
  if (whole === undefined || account === undefined) return undefined;
  const known = KNOWN.get(typeOf(rest.split("/")).toLowerCase());
  // An id says nothing of where the resource is.
  return {
    account: account.toLowerCase(),
    region: undefined,
    types: known === undefined ? [] : [known],
  };
};

function typeOf(segments: readonly string[]): string {
  const provider = segments.findLastIndex((segment) => segment.toLowerCase() === "providers");
  if (provider >= 0) {
    const [namespace, ...names] = segments.slice(provider + 1);
    return [namespace, ...names.filter((_, index) => index % 2 === 0)].join("/");
  }
  return segments[0]?.toLowerCase() === "resourcegroups" ? RESOURCE_GROUP_TYPE : SUBSCRIPTION_TYPE;
}
