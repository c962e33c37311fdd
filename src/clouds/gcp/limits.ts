import type { RetryLimits } from "../../domain/scan/backoff.ts";

export const ASSET_ENDPOINT = "https://cloudasset.googleapis.com";
export const RESOURCE_MANAGER_ENDPOINT = "https://cloudresourcemanager.googleapis.com";
export const LOGGING_ENDPOINT = "https://logging.googleapis.com";
export const BIGQUERY_ENDPOINT = "https://bigquery.googleapis.com";
export const DEFAULT_CALL_TIMEOUT_MS = 30_000;
export const DEFAULT_MAX_IN_FLIGHT = 8;

/** The largest page that searchAllResources serves; it may serve fewer. */
export const MAX_RESULTS_PER_PAGE = 500;

/**
 * searchAllResources allows 400 requests per minute and quota project
 * (cloud.google.com/asset-inventory/docs/quota): a full bucket and a minute of refill make as many.
 * Where others share the project, what is refused is repeated.
 */
export const SEARCH_RATE = { capacity: 7, refillPerSecond: 6.55 } as const;

/** entries.list allows 60 requests per minute and project (cloud.google.com/logging/quotas). */
export const LOG_RATE = { capacity: 5, refillPerSecond: 0.9 } as const;

/** The largest page that entries.list serves. */
export const MAX_ENTRIES_PER_PAGE = 1000;

/**
 * Google says neither when a minute's quota is full again nor sends `Retry-After`: pauses of up to
 * 1, 2, 4, 8 and 16 s outlast what others have used of it.
 */
export const GCP_RETRY_LIMITS: RetryLimits = {
  maxAttempts: 6,
  baseDelayMs: 1000,
  maxDelayMs: 30_000,
};

/** Projects that one search names at most: a query of some 800 characters. */
export const MAX_PROJECTS_PER_SEARCH = 40;

/** From here on projects are searched together. */
export const MIN_PROJECTS_TO_JOIN = 4;

/** Pages that a search of several projects may have. One that has more holds a project that is not small. */
export const MAX_PAGES_TOGETHER = 4;

/**
 * Regions, multi-regions, App Engine's own two names, and `global` for resources that have none
 * (cloud.google.com/about/locations, and the multi-regions of Cloud Storage, BigQuery, Cloud KMS and Spanner).
 * List made in November 2026: a location opened later is scanned when no region is named, and must be added
 * here to be asked for by name.
 */
export const GCP_REGIONS: readonly string[] = `
  global us eu asia in
  nam3 nam4 nam6 nam7 nam8 nam9 nam10 nam11 nam12 nam13 nam14 nam15 nam16 nam-eur-asia1 nam-eur-asia3
  eur3 eur4 eur5 eur6 eur7 asia1 asia2 europe us-central europe-west
  africa-south1
  asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3
  asia-south1 asia-south2 asia-southeast1 asia-southeast2 asia-southeast3
  australia-southeast1 australia-southeast2
  europe-central2 europe-north1 europe-north2 europe-southwest1
  europe-west1 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8 europe-west9
  europe-west10 europe-west12
  me-central1 me-central2 me-west1
  northamerica-northeast1 northamerica-northeast2 northamerica-south1
  southamerica-east1 southamerica-west1
  us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4
`
  .trim()
  .split(/\s+/);
