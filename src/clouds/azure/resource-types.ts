import {
  CATEGORIES,
  type Category,
  type ResourceTypeFacts,
  type TagLimit,
} from "../../domain/resource-type.ts";

/** Types outside the `resources` table of Resource Graph: what holds resources has tags, too. */
export const SUBSCRIPTION_TYPE = "Microsoft.Resources/subscriptions";
export const RESOURCE_GROUP_TYPE = "Microsoft.Resources/subscriptions/resourceGroups";

type Ids = readonly string[];

/**
 * Facts from learn.microsoft.com/azure/azure-resource-manager/management/tag-support, whose two columns
 * are "supports tags" and "tag in cost report"; ids in the spelling of the resource providers.
 */
const BILLED: Readonly<Partial<Record<Category, Ids>>> = {
  virtual_machine: [
    "Microsoft.Compute/virtualMachines",
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.ClassicCompute/virtualMachines",
    "Microsoft.Compute/hostGroups/hosts",
    "Microsoft.HybridCompute/machines",
    "Microsoft.SqlVirtualMachine/SqlVirtualMachines",
    "Microsoft.AVS/privateClouds",
    "Microsoft.Batch/batchAccounts",
  ],
  disk: [
    "Microsoft.Compute/disks",
    "Microsoft.Compute/snapshots",
    "Microsoft.Compute/images",
    "Microsoft.Compute/galleries/images/versions",
    "Microsoft.ElasticSan/elasticSans",
  ],
  database: [
    "Microsoft.Sql/servers/databases",
    "Microsoft.Sql/servers/elasticPools",
    "Microsoft.Sql/managedInstances",
    "Microsoft.Sql/instancePools",
    "Microsoft.DBforPostgreSQL/servers",
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Microsoft.DBforMySQL/servers",
    "Microsoft.DBforMySQL/flexibleServers",
    "Microsoft.DBforMariaDB/servers",
    "Microsoft.DocumentDB/databaseAccounts",
    "Microsoft.DocumentDB/mongoClusters",
    "Microsoft.Cache/Redis",
    "Microsoft.Cache/redisEnterprise",
    "Microsoft.Synapse/workspaces",
    "Microsoft.Synapse/workspaces/sqlPools",
    "Microsoft.Synapse/workspaces/bigDataPools",
    "Microsoft.Kusto/clusters",
    "Microsoft.AnalysisServices/servers",
    "Microsoft.AzureArcData/sqlServerInstances",
  ],
  object_storage: [
    "Microsoft.Storage/storageAccounts",
    "Microsoft.ClassicStorage/storageAccounts",
    "Microsoft.DataLakeStore/accounts",
    "Microsoft.NetApp/netAppAccounts/capacityPools",
    "Microsoft.NetApp/netAppAccounts/capacityPools/volumes",
    "Microsoft.StorageSync/storageSyncServices",
    "Microsoft.StorageCache/caches",
  ],
  function: [
    "Microsoft.Web/sites",
    "Microsoft.Web/sites/slots",
    "Microsoft.Web/serverFarms",
    "Microsoft.Web/staticSites",
    "Microsoft.Web/hostingEnvironments",
    "Microsoft.Logic/workflows",
    "Microsoft.Logic/integrationAccounts",
  ],
  container: [
    "Microsoft.App/containerApps",
    "Microsoft.App/jobs",
    "Microsoft.App/managedEnvironments",
    "Microsoft.ContainerInstance/containerGroups",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.AppPlatform/Spring",
  ],
  kubernetes: [
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.RedHatOpenShift/openShiftClusters",
    "Microsoft.ServiceFabric/managedClusters",
  ],
  load_balancer: [
    "Microsoft.Network/loadBalancers",
    "Microsoft.Network/applicationGateways",
    "Microsoft.Network/frontDoors",
    "Microsoft.Network/trafficManagerProfiles",
    "Microsoft.Cdn/profiles",
    "Microsoft.Cdn/profiles/endpoints",
  ],
  network: [
    "Microsoft.Network/publicIPAddresses",
    "Microsoft.Network/publicIPPrefixes",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/virtualNetworkGateways",
    "Microsoft.Network/natGateways",
    "Microsoft.Network/azureFirewalls",
    "Microsoft.Network/bastionHosts",
    "Microsoft.Network/expressRouteCircuits",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/dnsZones",
    "Microsoft.Network/dnsResolvers",
    "Microsoft.Network/virtualWans",
    "Microsoft.Network/virtualHubs",
    "Microsoft.Network/vpnGateways",
    "Microsoft.Network/ddosProtectionPlans",
    "Microsoft.Network/networkWatchers",
  ],
  queue: [
    "Microsoft.ServiceBus/namespaces",
    "Microsoft.EventHub/namespaces",
    "Microsoft.EventHub/clusters",
    "Microsoft.EventGrid/topics",
    "Microsoft.EventGrid/domains",
    "Microsoft.EventGrid/namespaces",
    "Microsoft.EventGrid/systemTopics",
    "Microsoft.NotificationHubs/namespaces",
    "Microsoft.Relay/namespaces",
    "Microsoft.SignalRService/SignalR",
    "Microsoft.SignalRService/WebPubSub",
    "Microsoft.Devices/IotHubs",
  ],
  secret: ["Microsoft.KeyVault/vaults", "Microsoft.AppConfiguration/configurationStores"],
  key: ["Microsoft.KeyVault/managedHSMs", "Microsoft.HardwareSecurityModules/dedicatedHSMs"],
  ai_model: [
    "Microsoft.CognitiveServices/accounts",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    "Microsoft.Search/searchServices",
    "Microsoft.BotService/botServices",
  ],
  other: [
    "Microsoft.ApiManagement/service",
    "Microsoft.Automation/automationAccounts",
    "Microsoft.Databricks/workspaces",
    "Microsoft.DataFactory/factories",
    "Microsoft.DesktopVirtualization/hostPools",
    "Microsoft.DevTestLab/labs",
    "Microsoft.Dashboard/grafana",
    "Microsoft.Fabric/capacities",
    "Microsoft.HDInsight/clusters",
    "Microsoft.Insights/components",
    "Microsoft.Maps/accounts",
    "Microsoft.Monitor/accounts",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.PowerBIDedicated/capacities",
    "Microsoft.Purview/accounts",
    "Microsoft.RecoveryServices/vaults",
    "Microsoft.DataProtection/backupVaults",
    "Microsoft.StreamAnalytics/streamingjobs",
    "Microsoft.VirtualMachineImages/imageTemplates",
  ],
};

/** Carry tags, and cost nothing by themselves. */
const FREE: Readonly<Partial<Record<Category, Ids>>> = {
  virtual_machine: [
    "Microsoft.Compute/availabilitySets",
    "Microsoft.Compute/hostGroups",
    "Microsoft.Compute/proximityPlacementGroups",
    "Microsoft.Compute/sshPublicKeys",
    "Microsoft.Compute/virtualMachines/extensions",
  ],
  disk: [
    "Microsoft.Compute/diskEncryptionSets",
    "Microsoft.Compute/diskAccesses",
    "Microsoft.Compute/galleries",
    "Microsoft.Compute/galleries/images",
    "Microsoft.Compute/restorePointCollections",
  ],
  database: ["Microsoft.Sql/servers"],
  object_storage: ["Microsoft.NetApp/netAppAccounts"],
  kubernetes: ["Microsoft.Kubernetes/connectedClusters"],
  network: [
    "Microsoft.Network/networkInterfaces",
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Network/applicationSecurityGroups",
    "Microsoft.Network/routeTables",
    "Microsoft.Network/connections",
    "Microsoft.Network/localNetworkGateways",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "Microsoft.Network/privateLinkServices",
    "Microsoft.Network/firewallPolicies",
    "Microsoft.Network/ipGroups",
    "Microsoft.Network/serviceEndpointPolicies",
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
    "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
    "Microsoft.Network/networkWatchers/flowLogs",
    "Microsoft.Network/virtualNetworkTaps",
  ],
  other: [
    SUBSCRIPTION_TYPE,
    RESOURCE_GROUP_TYPE,
    "Microsoft.AlertsManagement/smartDetectorAlertRules",
    "Microsoft.AlertsManagement/actionRules",
    "Microsoft.Automation/automationAccounts/runbooks",
    "Microsoft.DesktopVirtualization/applicationGroups",
    "Microsoft.DesktopVirtualization/workspaces",
    "Microsoft.DevTestLab/schedules",
    "Microsoft.Insights/actionGroups",
    "Microsoft.Insights/activityLogAlerts",
    "Microsoft.Insights/autoscaleSettings",
    "Microsoft.Insights/dataCollectionEndpoints",
    "Microsoft.Insights/dataCollectionRules",
    "Microsoft.Insights/metricAlerts",
    "Microsoft.Insights/scheduledQueryRules",
    "Microsoft.Insights/webtests",
    "Microsoft.Insights/workbooks",
    "Microsoft.Maintenance/maintenanceConfigurations",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.OperationsManagement/solutions",
    "Microsoft.Portal/dashboards",
    "Microsoft.Resources/deploymentScripts",
    "Microsoft.Resources/templateSpecs",
    "Microsoft.Solutions/applications",
    "Microsoft.Web/certificates",
    "Microsoft.Web/connections",
  ],
};

/** Cannot carry tags; listed so that a policy naming one is told so, and never yielded. */
const UNTAGGABLE: Readonly<Partial<Record<Category, Ids>>> = {
  network: [
    "Microsoft.Network/virtualNetworks/subnets",
    "Microsoft.Network/networkSecurityGroups/securityRules",
    "Microsoft.Network/routeTables/routes",
    "Microsoft.ClassicNetwork/virtualNetworks",
    "Microsoft.ClassicNetwork/reservedIps",
  ],
  queue: ["Microsoft.ServiceBus/namespaces/queues", "Microsoft.ServiceBus/namespaces/topics"],
  secret: ["Microsoft.KeyVault/vaults/accessPolicies"],
  other: [
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Authorization/policyAssignments",
    "Microsoft.Authorization/locks",
  ],
};

const FIFTEEN_TAGS: TagLimit = { maxTags: 15 };
const DNS_ZONE: TagLimit = { ...FIFTEEN_TAGS, refusedInKeys: " ", noLeadingDigit: true };
const FRONT_DOOR: TagLimit = { refusedInKeys: "#:" };

/**
 * Types that differ from 50 tags with keys of 512 characters
 * (learn.microsoft.com/azure/azure-resource-manager/management/tag-resources, "Limitations").
 */
const TAG_LIMITS: ReadonlyMap<string, TagLimit> = new Map([
  ["Microsoft.Automation/automationAccounts", FIFTEEN_TAGS],
  ["Microsoft.Cdn/profiles", FIFTEEN_TAGS],
  ["Microsoft.Cdn/profiles/endpoints", FIFTEEN_TAGS],
  ["Microsoft.Network/dnsZones", DNS_ZONE],
  ["Microsoft.Network/privateDnsZones", FIFTEEN_TAGS],
  ["Microsoft.Network/privateDnsZones/virtualNetworkLinks", FIFTEEN_TAGS],
  ["Microsoft.Network/trafficManagerProfiles", { refusedInKeys: " ", noLeadingDigit: true }],
  ["Microsoft.Network/frontDoors", FRONT_DOOR],
  ["Microsoft.Storage/storageAccounts", { maxKeyLength: 128 }],
]);

function facts(
  ids: Readonly<Partial<Record<Category, Ids>>>,
  billable: boolean,
  taggable: boolean,
): readonly ResourceTypeFacts[] {
  return CATEGORIES.flatMap((category) =>
    (ids[category] ?? []).map((id): ResourceTypeFacts => {
      const tagLimit = TAG_LIMITS.get(id);
      const limit = tagLimit === undefined ? {} : { tagLimit };
      return { cloud: "azure", id, category, billable, taggable, ...limit };
    }),
  );
}

/** Azure resource types this build knows. */
export const AZURE_RESOURCE_TYPES: readonly ResourceTypeFacts[] = [
  ...facts(BILLED, true, true),
  ...facts(FREE, false, true),
  ...facts(UNTAGGABLE, false, false),
];
