import { GCP_RESOURCE_TYPES } from "./resource-types.ts";

const KNOWN: ReadonlyMap<string, string> = new Map(
  GCP_RESOURCE_TYPES.map(({ id }) => [id.toLowerCase(), id]),
);

/** Where the id's own host and collection do not spell the asset type (Cloud Asset Inventory, "Asset types"). */
const HOSTS: Readonly<Record<string, string>> = {
  "cloudsql.googleapis.com": "sqladmin.googleapis.com",
};

/**
 * Hosts of services whose charges may name a resource without one, by `service.description` in lower case
 * (cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/detailed-usage, "Identify granular cost data by service").
 */
const SERVICE_HOSTS: Readonly<Record<string, string>> = {
  bigquery: "bigquery.googleapis.com",
  "cloud run": "run.googleapis.com",
  "cloud run functions": "cloudfunctions.googleapis.com",
  "cloud sql": "sqladmin.googleapis.com",
  "cloud storage": "storage.googleapis.com",
  "compute engine": "compute.googleapis.com",
  "kubernetes engine": "container.googleapis.com",
  spanner: "spanner.googleapis.com",
};

const STORAGE = "storage.googleapis.com";

/** The parts of a resource's name that tell its type. */
export interface BilledName {
  /** `//compute.googleapis.com`; null where the name has none. */
  readonly host: string | null;
  /** The last but one part, such as `instances`, or Compute Engine's `disk`; null where the name is one word. */
  readonly collection: string | null;
  /** `service.description` of the charge; null where it is not known. */
  readonly service: string | null;
}

/**
 * Native type of a billed resource, from what the bill calls its type or from a full resource name; null
 * where neither says.
 */
export function gcpBilledType(resourceId: string, declaredType: string | null): string | null {
  const declared = KNOWN.get((declaredType ?? "").toLowerCase());
  return declared ?? gcpTypeOfName({ ...partsOf(resourceId), service: null });
}

/** The same for a charge of the billing export, whose service stands in for a host that its name lacks. */
export function gcpChargedType(resourceName: string, service: string | null): string | null {
  return gcpTypeOfName({ ...partsOf(resourceName), service });
}

/** Null where host, or service, and collection together are no type of the catalogue: a service has several. */
export function gcpTypeOfName({ host, collection, service }: BilledName): string | null {
  const named = host?.replace(/^\/\//, "") ?? SERVICE_HOSTS[(service ?? "").toLowerCase()];
  if (named === undefined) return null;
  // Buckets are all that has a name there; it may be the bare one.
  const isBare = collection === null || collection === named || collection === "";
  const kind = isBare ? (named === STORAGE ? "bucket" : "") : collection.replace(/s$/, "");
  return KNOWN.get(`${HOSTS[named] ?? named}/${kind}`.toLowerCase()) ?? null;
}

function partsOf(name: string): Omit<BilledName, "service"> {
  const host = /^\/\/[^/]+/.exec(name)?.[0] ?? null;
  return { host, collection: name.split("/").at(-2) ?? null };
}
