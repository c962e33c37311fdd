import { GCP_RESOURCE_TYPES } from "./resource-types.ts";

const KNOWN: ReadonlyMap<string, string> = new Map(
  GCP_RESOURCE_TYPES.map(({ id }) => [id.toLowerCase(), id]),
);

/** Where the id's own host and collection do not spell the asset type (Cloud Asset Inventory, "Asset types"). */
const HOSTS: Readonly<Record<string, string>> = {
  "cloudsql.googleapis.com": "sqladmin.googleapis.com",
};

/**
 * Native type of a billed resource, from what the bill calls its type or from a full resource name; null
 * where neither says.
 */
export function gcpBilledType(resourceId: string, declaredType: string | null): string | null {
  const declared = KNOWN.get((declaredType ?? "").toLowerCase());
  if (declared !== undefined) return declared;
  const [, host = "", path = ""] = /^\/\/([a-z.]+)\/(.+)$/.exec(resourceId) ?? [];
  const collection = path.split("/").at(-2) ?? (host === "storage.googleapis.com" ? "buckets" : "");
  const kind = collection.replace(/s$/, "");
  return KNOWN.get(`${HOSTS[host] ?? host}/${kind}`.toLowerCase()) ?? null;
}
