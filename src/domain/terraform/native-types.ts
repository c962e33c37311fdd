import type { Cloud } from "../cloud.ts";

/**
 * Which native type a Terraform type makes, after its prefix (`aws_`, `azurerm_`, `google_`). From the
 * providers' own documentation (registry.terraform.io/providers/hashicorp/{aws,azurerm,google}). Types
 * that are not here are judged by their Terraform name: a policy's rules for all types still hold.
 */
const AWS = `
acm_certificate acm:certificate
alb elasticloadbalancing:loadbalancer/app
alb_target_group elasticloadbalancing:targetgroup
ami ec2:image
ami_copy ec2:image
ami_from_instance ec2:image
api_gateway_rest_api apigateway:restapis
apigatewayv2_api apigateway:apis
athena_workgroup athena:workgroup
autoscaling_group autoscaling:autoScalingGroup
backup_vault backup:backup-vault
bedrock_custom_model bedrock:custom-model
bedrock_guardrail bedrock:guardrail
bedrock_provisioned_model_throughput bedrock:provisioned-model
bedrockagent_agent bedrock:agent
bedrockagent_agent_alias bedrock:agent-alias
bedrockagent_knowledge_base bedrock:knowledge-base
cloudfront_distribution cloudfront:distribution
cloudwatch_event_bus events:event-bus
cloudwatch_event_rule events:rule
cloudwatch_log_group logs:log-group
cloudwatch_metric_alarm cloudwatch:alarm
codebuild_project codebuild:project
codepipeline codepipeline:pipeline
cognito_identity_pool cognito-identity:identitypool
cognito_user_pool cognito-idp:userpool
db_instance rds:db
db_snapshot rds:snapshot
db_cluster_snapshot rds:cluster-snapshot
default_vpc ec2:vpc
docdb_cluster rds:cluster
docdb_cluster_instance rds:db
dynamodb_table dynamodb:table
ebs_snapshot ec2:snapshot
ebs_volume ec2:volume
ec2_transit_gateway ec2:transit-gateway
ec2_transit_gateway_vpc_attachment ec2:transit-gateway-attachment
ecr_repository ecr:repository
ecs_cluster ecs:cluster
ecs_service ecs:service
ecs_task_definition ecs:task-definition
efs_file_system elasticfilesystem:file-system
eip ec2:elastic-ip
eks_cluster eks:cluster
eks_node_group eks:nodegroup
elasticache_cluster elasticache:cluster
elasticache_replication_group elasticache:replicationgroup
elasticsearch_domain es:domain
elb elasticloadbalancing:loadbalancer
emr_cluster elasticmapreduce:cluster
fsx_lustre_file_system fsx:file-system
fsx_ontap_file_system fsx:file-system
fsx_openzfs_file_system fsx:file-system
fsx_windows_file_system fsx:file-system
globalaccelerator_accelerator globalaccelerator:accelerator
glue_catalog_database glue:database
glue_crawler glue:crawler
glue_job glue:job
iam_role iam:role
iam_user iam:user
instance ec2:instance
internet_gateway ec2:internet-gateway
kinesis_firehose_delivery_stream firehose:deliverystream
kinesis_stream kinesis:stream
kms_key kms:key
lambda_function lambda:function
lb elasticloadbalancing:loadbalancer/app
lb_target_group elasticloadbalancing:targetgroup
mq_broker mq:broker
msk_cluster kafka:cluster
msk_serverless_cluster kafka:cluster
nat_gateway ec2:natgateway
neptune_cluster rds:cluster
neptune_cluster_instance rds:db
network_interface ec2:network-interface
opensearch_domain es:domain
rds_cluster rds:cluster
rds_cluster_instance rds:db
redshift_cluster redshift:cluster
redshiftserverless_workgroup redshift-serverless:workgroup
route53_zone route53:hostedzone
route_table ec2:route-table
s3_bucket s3:bucket
sagemaker_domain sagemaker:domain
sagemaker_endpoint sagemaker:endpoint
sagemaker_model sagemaker:model
sagemaker_notebook_instance sagemaker:notebook-instance
secretsmanager_secret secretsmanager:secret
security_group ec2:security-group
sfn_state_machine states:stateMachine
sns_topic sns:topic
spot_instance_request ec2:instance
sqs_queue sqs:queue
ssm_parameter ssm:parameter
subnet ec2:subnet
vpc ec2:vpc
vpc_endpoint ec2:vpc-endpoint
vpn_connection ec2:vpn-connection
workspaces_workspace workspaces:workspace`;

const AZURE = `
api_management Microsoft.ApiManagement/service
app_configuration Microsoft.AppConfiguration/configurationStores
application_gateway Microsoft.Network/applicationGateways
application_insights Microsoft.Insights/components
application_security_group Microsoft.Network/applicationSecurityGroups
automation_account Microsoft.Automation/automationAccounts
availability_set Microsoft.Compute/availabilitySets
bastion_host Microsoft.Network/bastionHosts
batch_account Microsoft.Batch/batchAccounts
cdn_frontdoor_profile Microsoft.Cdn/profiles
cdn_profile Microsoft.Cdn/profiles
cognitive_account Microsoft.CognitiveServices/accounts
container_app Microsoft.App/containerApps
container_app_environment Microsoft.App/managedEnvironments
container_group Microsoft.ContainerInstance/containerGroups
container_registry Microsoft.ContainerRegistry/registries
cosmosdb_account Microsoft.DocumentDB/databaseAccounts
dashboard_grafana Microsoft.Dashboard/grafana
data_factory Microsoft.DataFactory/factories
databricks_workspace Microsoft.Databricks/workspaces
dns_zone Microsoft.Network/dnsZones
eventgrid_topic Microsoft.EventGrid/topics
eventhub_namespace Microsoft.EventHub/namespaces
express_route_circuit Microsoft.Network/expressRouteCircuits
firewall Microsoft.Network/azureFirewalls
firewall_policy Microsoft.Network/firewallPolicies
frontdoor Microsoft.Network/frontDoors
image Microsoft.Compute/images
iothub Microsoft.Devices/IotHubs
key_vault Microsoft.KeyVault/vaults
key_vault_managed_hardware_security_module Microsoft.KeyVault/managedHSMs
kubernetes_cluster Microsoft.ContainerService/managedClusters
kusto_cluster Microsoft.Kusto/clusters
lb Microsoft.Network/loadBalancers
linux_function_app Microsoft.Web/sites
linux_virtual_machine Microsoft.Compute/virtualMachines
linux_virtual_machine_scale_set Microsoft.Compute/virtualMachineScaleSets
linux_web_app Microsoft.Web/sites
log_analytics_workspace Microsoft.OperationalInsights/workspaces
logic_app_standard Microsoft.Web/sites
logic_app_workflow Microsoft.Logic/workflows
machine_learning_workspace Microsoft.MachineLearningServices/workspaces
managed_disk Microsoft.Compute/disks
managed_redis Microsoft.Cache/redisEnterprise
mssql_database Microsoft.Sql/servers/databases
mssql_elasticpool Microsoft.Sql/servers/elasticPools
mssql_managed_instance Microsoft.Sql/managedInstances
mssql_server Microsoft.Sql/servers
mysql_flexible_server Microsoft.DBforMySQL/flexibleServers
nat_gateway Microsoft.Network/natGateways
netapp_account Microsoft.NetApp/netAppAccounts
netapp_pool Microsoft.NetApp/netAppAccounts/capacityPools
netapp_volume Microsoft.NetApp/netAppAccounts/capacityPools/volumes
network_interface Microsoft.Network/networkInterfaces
network_security_group Microsoft.Network/networkSecurityGroups
orchestrated_virtual_machine_scale_set Microsoft.Compute/virtualMachineScaleSets
postgresql_flexible_server Microsoft.DBforPostgreSQL/flexibleServers
private_dns_zone Microsoft.Network/privateDnsZones
private_endpoint Microsoft.Network/privateEndpoints
public_ip Microsoft.Network/publicIPAddresses
public_ip_prefix Microsoft.Network/publicIPPrefixes
recovery_services_vault Microsoft.RecoveryServices/vaults
redis_cache Microsoft.Cache/Redis
resource_group Microsoft.Resources/subscriptions/resourceGroups
route_table Microsoft.Network/routeTables
search_service Microsoft.Search/searchServices
service_plan Microsoft.Web/serverFarms
servicebus_namespace Microsoft.ServiceBus/namespaces
signalr_service Microsoft.SignalRService/SignalR
snapshot Microsoft.Compute/snapshots
static_web_app Microsoft.Web/staticSites
storage_account Microsoft.Storage/storageAccounts
stream_analytics_job Microsoft.StreamAnalytics/streamingjobs
subscription Microsoft.Resources/subscriptions
synapse_sql_pool Microsoft.Synapse/workspaces/sqlPools
synapse_workspace Microsoft.Synapse/workspaces
traffic_manager_profile Microsoft.Network/trafficManagerProfiles
user_assigned_identity Microsoft.ManagedIdentity/userAssignedIdentities
virtual_hub Microsoft.Network/virtualHubs
virtual_machine Microsoft.Compute/virtualMachines
virtual_network Microsoft.Network/virtualNetworks
virtual_network_gateway Microsoft.Network/virtualNetworkGateways
virtual_wan Microsoft.Network/virtualWans
vpn_gateway Microsoft.Network/vpnGateways
windows_function_app Microsoft.Web/sites
windows_virtual_machine Microsoft.Compute/virtualMachines
windows_virtual_machine_scale_set Microsoft.Compute/virtualMachineScaleSets
windows_web_app Microsoft.Web/sites`;

const GOOGLE = `
alloydb_cluster alloydb.googleapis.com/Cluster
alloydb_instance alloydb.googleapis.com/Instance
artifact_registry_repository artifactregistry.googleapis.com/Repository
bigquery_dataset bigquery.googleapis.com/Dataset
bigquery_table bigquery.googleapis.com/Table
bigtable_instance bigtableadmin.googleapis.com/Instance
certificate_manager_certificate certificatemanager.googleapis.com/Certificate
cloud_run_service run.googleapis.com/Service
cloud_run_v2_job run.googleapis.com/Job
cloud_run_v2_service run.googleapis.com/Service
cloudfunctions2_function cloudfunctions.googleapis.com/Function
cloudfunctions_function cloudfunctions.googleapis.com/CloudFunction
composer_environment composer.googleapis.com/Environment
compute_address compute.googleapis.com/Address
compute_disk compute.googleapis.com/Disk
compute_external_vpn_gateway compute.googleapis.com/ExternalVpnGateway
compute_forwarding_rule compute.googleapis.com/ForwardingRule
compute_global_address compute.googleapis.com/GlobalAddress
compute_global_forwarding_rule compute.googleapis.com/GlobalForwardingRule
compute_image compute.googleapis.com/Image
compute_instance compute.googleapis.com/Instance
compute_interconnect_attachment compute.googleapis.com/InterconnectAttachment
compute_region_disk compute.googleapis.com/RegionDisk
compute_security_policy compute.googleapis.com/SecurityPolicy
compute_snapshot compute.googleapis.com/Snapshot
compute_vpn_tunnel compute.googleapis.com/VpnTunnel
container_cluster container.googleapis.com/Cluster
data_fusion_instance datafusion.googleapis.com/Instance
dataflow_job dataflow.googleapis.com/Job
dataplex_lake dataplex.googleapis.com/Lake
dataproc_cluster dataproc.googleapis.com/Cluster
dataproc_metastore_service metastore.googleapis.com/Service
datastream_stream datastream.googleapis.com/Stream
dns_managed_zone dns.googleapis.com/ManagedZone
eventarc_trigger eventarc.googleapis.com/Trigger
filestore_instance file.googleapis.com/Instance
gke_backup_backup_plan gkebackup.googleapis.com/BackupPlan
gke_hub_membership gkehub.googleapis.com/Membership
kms_crypto_key cloudkms.googleapis.com/CryptoKey
memcache_instance memcache.googleapis.com/Instance
netapp_storage_pool netapp.googleapis.com/StoragePool
netapp_volume netapp.googleapis.com/Volume
network_connectivity_hub networkconnectivity.googleapis.com/Hub
notebooks_instance notebooks.googleapis.com/Instance
privateca_ca_pool privateca.googleapis.com/CaPool
project cloudresourcemanager.googleapis.com/Project
pubsub_subscription pubsub.googleapis.com/Subscription
pubsub_topic pubsub.googleapis.com/Topic
redis_instance redis.googleapis.com/Instance
secret_manager_secret secretmanager.googleapis.com/Secret
spanner_instance spanner.googleapis.com/Instance
sql_database_instance sqladmin.googleapis.com/Instance
storage_bucket storage.googleapis.com/Bucket
vertex_ai_dataset aiplatform.googleapis.com/Dataset
vertex_ai_endpoint aiplatform.googleapis.com/Endpoint
vertex_ai_featurestore aiplatform.googleapis.com/Featurestore
vertex_ai_index aiplatform.googleapis.com/Index
vertex_ai_index_endpoint aiplatform.googleapis.com/IndexEndpoint
vertex_ai_tensorboard aiplatform.googleapis.com/Tensorboard
workflows_workflow workflows.googleapis.com/Workflow`;

const PREFIXES: Readonly<Record<Cloud, string>> = {
  aws: "aws_",
  azure: "azurerm_",
  gcp: "google_",
};

/** Terraform type to native type, in the spelling of the catalogue. */
export const NATIVE_TYPES: ReadonlyMap<string, string> = new Map([
  ...rows(AWS, PREFIXES.aws),
  ...rows(AZURE, PREFIXES.azure),
  ...rows(GOOGLE, PREFIXES.gcp),
]);

function rows(table: string, prefix: string): readonly (readonly [string, string])[] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .map(([terraform = "", native = ""]) => [`${prefix}${terraform}`, native]);
}

const LOAD_BALANCERS: Readonly<Record<string, string>> = {
  network: "elasticloadbalancing:loadbalancer/net",
  gateway: "elasticloadbalancing:loadbalancer/gwy",
};

/**
 * @param attributes of the resource as planned; some types depend on one.
 * @returns undefined when the type is not known here.
 */
export function nativeTypeOf(
  terraformType: string,
  attributes: Readonly<Record<string, unknown>>,
): string | undefined {
  if (terraformType === "aws_lb" || terraformType === "aws_alb") {
    const kind = attributes["load_balancer_type"];
    const other = typeof kind === "string" ? LOAD_BALANCERS[kind] : undefined;
    if (other !== undefined) return other;
  }
  if (terraformType === "azapi_resource") {
    const type = attributes["type"];
    // "Microsoft.Compute/disks@2024-03-02"
    return typeof type === "string" ? type.split("@")[0] : undefined;
  }
  return NATIVE_TYPES.get(terraformType);
}
