export const DEFAULT_ENDPOINT = "https://management.azure.com";
export const DEFAULT_CALL_TIMEOUT_MS = 30_000;

/** Resource Graph allows 15 queries in 5 seconds per user; more in flight would only be refused. */
export const DEFAULT_MAX_IN_FLIGHT = 8;

/** The documented allowance, until an answer tells of a larger one. */
export const QUERIES_PER_WINDOW = 15;

/**
 * Subscriptions that one query names at most. The clients of Microsoft stop at 1,000
 * (learn.microsoft.com/powershell/module/az.resourcegraph/search-azgraph, `-Subscription`).
 */
export const MAX_SUBSCRIPTIONS_PER_QUERY = 500;

/** From here on it pays to spend a query on asking how large the subscriptions are. */
export const MIN_SUBSCRIPTIONS_TO_COUNT = 4;

/** The versions whose published specifications requests and answers are checked against. */
export const RESOURCE_GRAPH_API_VERSION = "2022-10-01";
export const SUBSCRIPTIONS_API_VERSION = "2022-12-01";
export const ACTIVITY_LOG_API_VERSION = "2015-04-01";

/** Maximum of `$top` in the specification; without it Resource Graph sends 100. */
export const MAX_ROWS_PER_PAGE = 1000;

/**
 * Locations of public Azure and its sovereign clouds, and `global` for resources that have none
 * (learn.microsoft.com/azure/reliability/regions-list). List made in November 2026: a location opened later
 * is scanned when no region is named, and must be added here to be asked for by name.
 */
export const AZURE_REGIONS: readonly string[] = `
  global australiacentral australiacentral2 australiaeast australiasoutheast austriaeast
  belgiumcentral brazilsouth brazilsoutheast canadacentral canadaeast centralindia centralus
  centraluseuap chilecentral denmarkeast eastasia eastus eastus2 eastus2euap francecentral
  francesouth germanynorth germanywestcentral indiasouthcentral indonesiacentral israelcentral italynorth
  japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest
  mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest polandcentral
  qatarcentral southafricanorth southafricawest southcentralus southeastasia southindia
  spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth
  uksouth ukwest westcentralus westeurope westindia westus westus2 westus3 usdodcentral
  usdodeast usgovarizona usgovtexas usgovvirginia chinaeast chinaeast2 chinaeast3 chinanorth
  chinanorth2 chinanorth3
`
  .trim()
  .split(/\s+/);
