import {
  CATEGORIES,
  type Category,
  type ResourceTypeFacts,
  type TagLimit,
} from "../../domain/resource-type.ts";

/** A project carries labels of its own, which Google copies to every line of its bill. */
export const PROJECT_TYPE = "cloudresourcemanager.googleapis.com/Project";

type Ids = readonly string[];

/**
 * Asset types that searchAllResources knows (cloud.google.com/asset-inventory/docs/asset-types) and whose
 * API has labels (cloud.google.com/resource-manager/docs/labels-overview and the services' own discovery
 * documents). A type whose labels are in doubt is left out: it is judged where it carries labels.
 */
const BILLED: Readonly<Partial<Record<Category, Ids>>> = {
  virtual_machine: [
    "compute.googleapis.com/Instance",
    "compute.googleapis.com/MachineImage",
    "notebooks.googleapis.com/Instance",
    "tpu.googleapis.com/Node",
    "workstations.googleapis.com/WorkstationCluster",
  ],
  disk: [
    "compute.googleapis.com/Disk",
    "compute.googleapis.com/RegionDisk",
    "compute.googleapis.com/Snapshot",
    "compute.googleapis.com/InstantSnapshot",
    "compute.googleapis.com/Image",
    "compute.googleapis.com/StoragePool",
  ],
  database: [
    "sqladmin.googleapis.com/Instance",
    "spanner.googleapis.com/Instance",
    "bigtableadmin.googleapis.com/Instance",
    "alloydb.googleapis.com/Cluster",
    "alloydb.googleapis.com/Instance",
    "alloydb.googleapis.com/Backup",
    "bigquery.googleapis.com/Dataset",
    "bigquery.googleapis.com/Table",
    "bigquery.googleapis.com/Model",
    "redis.googleapis.com/Instance",
    "memcache.googleapis.com/Instance",
    "metastore.googleapis.com/Service",
    "dataproc.googleapis.com/Cluster",
    "datastream.googleapis.com/Stream",
  ],
  object_storage: [
    "storage.googleapis.com/Bucket",
    "file.googleapis.com/Instance",
    "file.googleapis.com/Backup",
    "netapp.googleapis.com/StoragePool",
    "netapp.googleapis.com/Volume",
    "lustre.googleapis.com/Instance",
  ],
  function: [
    "cloudfunctions.googleapis.com/Function",
    "cloudfunctions.googleapis.com/CloudFunction",
    "workflows.googleapis.com/Workflow",
    "appengine.googleapis.com/Service",
  ],
  container: [
    "run.googleapis.com/Service",
    "run.googleapis.com/Job",
    "run.googleapis.com/WorkerPool",
    "artifactregistry.googleapis.com/Repository",
  ],
  kubernetes: [
    "container.googleapis.com/Cluster",
    "gkebackup.googleapis.com/BackupPlan",
    "gkehub.googleapis.com/Membership",
  ],
  load_balancer: [
    "compute.googleapis.com/ForwardingRule",
    "compute.googleapis.com/GlobalForwardingRule",
    "networkservices.googleapis.com/Gateway",
  ],
  network: [
    "compute.googleapis.com/Address",
    "compute.googleapis.com/GlobalAddress",
    "compute.googleapis.com/ExternalVpnGateway",
    "compute.googleapis.com/VpnGateway",
    "compute.googleapis.com/VpnTunnel",
    "compute.googleapis.com/TargetVpnGateway",
    "compute.googleapis.com/Interconnect",
    "compute.googleapis.com/InterconnectAttachment",
    "compute.googleapis.com/SecurityPolicy",
    "dns.googleapis.com/ManagedZone",
    "networkconnectivity.googleapis.com/Hub",
    "networkconnectivity.googleapis.com/Spoke",
  ],
  queue: [
    "pubsub.googleapis.com/Topic",
    "pubsub.googleapis.com/Subscription",
    "pubsub.googleapis.com/Snapshot",
    "managedkafka.googleapis.com/Cluster",
    "eventarc.googleapis.com/Trigger",
    "eventarc.googleapis.com/Channel",
  ],
  secret: ["secretmanager.googleapis.com/Secret"],
  key: ["cloudkms.googleapis.com/CryptoKey", "privateca.googleapis.com/CertificateAuthority"],
  ai_model: [
    "aiplatform.googleapis.com/Endpoint",
    "aiplatform.googleapis.com/Model",
    "aiplatform.googleapis.com/Dataset",
    "aiplatform.googleapis.com/CustomJob",
    "aiplatform.googleapis.com/BatchPredictionJob",
    "aiplatform.googleapis.com/HyperparameterTuningJob",
    "aiplatform.googleapis.com/PipelineJob",
    "aiplatform.googleapis.com/TrainingPipeline",
    "aiplatform.googleapis.com/Index",
    "aiplatform.googleapis.com/IndexEndpoint",
    "aiplatform.googleapis.com/Featurestore",
    "aiplatform.googleapis.com/NotebookRuntime",
  ],
  other: [
    "apigateway.googleapis.com/Gateway",
    "composer.googleapis.com/Environment",
    "dataflow.googleapis.com/Job",
    "datafusion.googleapis.com/Instance",
    "dataplex.googleapis.com/Lake",
    "dataproc.googleapis.com/Batch",
    "dataproc.googleapis.com/Job",
    "dataform.googleapis.com/Repository",
    "healthcare.googleapis.com/DicomStore",
    "healthcare.googleapis.com/FhirStore",
    "healthcare.googleapis.com/Hl7V2Store",
    "batch.googleapis.com/Job",
    "backupdr.googleapis.com/BackupVault",
    "managedidentities.googleapis.com/Domain",
    "livestream.googleapis.com/Channel",
    "transcoder.googleapis.com/Job",
  ],
};

/** Carry labels, and cost nothing by themselves. */
const FREE: Readonly<Partial<Record<Category, Ids>>> = {
  function: ["apigateway.googleapis.com/Api", "apigateway.googleapis.com/ApiConfig"],
  database: [
    "datastream.googleapis.com/ConnectionProfile",
    "datamigration.googleapis.com/MigrationJob",
  ],
  load_balancer: ["certificatemanager.googleapis.com/Certificate"],
  key: ["privateca.googleapis.com/CaPool"],
  ai_model: ["aiplatform.googleapis.com/Tensorboard"],
  other: [
    PROJECT_TYPE,
    "clouddeploy.googleapis.com/DeliveryPipeline",
    "clouddeploy.googleapis.com/Target",
    "dataplex.googleapis.com/Zone",
    "servicedirectory.googleapis.com/Namespace",
  ],
};

/** Have no labels; listed so that a policy naming one is told so, and never yielded. */
const UNTAGGABLE: Readonly<Partial<Record<Category, Ids>>> = {
  virtual_machine: [
    "compute.googleapis.com/InstanceTemplate",
    "compute.googleapis.com/InstanceGroup",
    "compute.googleapis.com/InstanceGroupManager",
    "compute.googleapis.com/Autoscaler",
  ],
  disk: ["compute.googleapis.com/ResourcePolicy"],
  load_balancer: [
    "compute.googleapis.com/BackendService",
    "compute.googleapis.com/UrlMap",
    "compute.googleapis.com/TargetHttpProxy",
    "compute.googleapis.com/TargetHttpsProxy",
    "compute.googleapis.com/HealthCheck",
  ],
  network: [
    "compute.googleapis.com/Network",
    "compute.googleapis.com/Subnetwork",
    "compute.googleapis.com/Firewall",
    "compute.googleapis.com/Route",
    "compute.googleapis.com/Router",
    "dns.googleapis.com/ResourceRecordSet",
  ],
  secret: ["secretmanager.googleapis.com/SecretVersion"],
  key: ["cloudkms.googleapis.com/KeyRing", "cloudkms.googleapis.com/CryptoKeyVersion"],
  container: ["run.googleapis.com/Revision", "artifactregistry.googleapis.com/DockerImage"],
  other: [
    "serviceusage.googleapis.com/Service",
    "iam.googleapis.com/Role",
    "iam.googleapis.com/ServiceAccount",
    "iam.googleapis.com/ServiceAccountKey",
    "logging.googleapis.com/LogBucket",
    "logging.googleapis.com/LogSink",
    "logging.googleapis.com/LogMetric",
    "cloudbilling.googleapis.com/ProjectBillingInfo",
  ],
};

/**
 * Types that differ from 64 labels: "No more than 32 labels" in the discovery documents `dataproc` v1
 * and `appengine` v1.
 */
const TAG_LIMITS: ReadonlyMap<string, TagLimit> = new Map([
  ["appengine.googleapis.com/Service", { maxTags: 32 }],
  ["dataproc.googleapis.com/Batch", { maxTags: 32 }],
  ["dataproc.googleapis.com/Cluster", { maxTags: 32 }],
  ["dataproc.googleapis.com/Job", { maxTags: 32 }],
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
      return { cloud: "gcp", id, category, billable, taggable, ...limit };
    }),
  );
}

/** Google Cloud asset types this build knows. */
export const GCP_RESOURCE_TYPES: readonly ResourceTypeFacts[] = [
  ...facts(BILLED, true, true),
  ...facts(FREE, false, true),
  ...facts(UNTAGGABLE, false, false),
];
