import type { Cloud } from "../../src/domain/cloud.ts";

/** How a resource type occurs in the estate. */
export interface EstateType {
  /** Native id, spelled as the cloud's documentation does. */
  readonly id: string;
  /** Share among the cloud's resources; only ratios count. */
  readonly weight: number;
  /** Made as a by-product of something else, so its tags are forgotten more often. */
  readonly neglected?: true;
  /** Lives in no region: counted once per account, under `global`. */
  readonly global?: true;
}

export const RESOURCE_GROUP = "Microsoft.Resources/subscriptions/resourceGroups";

/**
 * Accounts that are themselves resources with tags or labels: one of these in each, whatever the size
 * of the estate.
 */
export const SUBSCRIPTION = "Microsoft.Resources/subscriptions";
export const PROJECT = "cloudresourcemanager.googleapis.com/Project";
export const ACCOUNT_TYPES: ReadonlySet<string> = new Set([SUBSCRIPTION, PROJECT]);

export const TYPES_OF: Readonly<Record<Cloud, readonly EstateType[]>> = {
  aws: [
    { id: "ec2:instance", weight: 22 },
    { id: "ec2:volume", weight: 20, neglected: true },
    { id: "ec2:security-group", weight: 9, neglected: true },
    { id: "s3:bucket", weight: 11 },
    { id: "rds:db", weight: 5 },
    { id: "lambda:function", weight: 11 },
    { id: "dynamodb:table", weight: 5 },
    { id: "sqs:queue", weight: 5 },
    { id: "sns:topic", weight: 3 },
    { id: "logs:log-group", weight: 6, neglected: true },
    { id: "kms:key", weight: 3 },
  ],
  azure: [
    { id: RESOURCE_GROUP, weight: 6 },
    { id: "Microsoft.Compute/virtualMachines", weight: 24 },
    { id: "Microsoft.Compute/disks", weight: 26, neglected: true },
    { id: "Microsoft.Storage/storageAccounts", weight: 15 },
    { id: "Microsoft.Sql/servers/databases", weight: 9 },
    { id: "Microsoft.Web/sites", weight: 11 },
    { id: "Microsoft.ContainerService/managedClusters", weight: 3 },
    { id: "Microsoft.KeyVault/vaults", weight: 6 },
    { id: SUBSCRIPTION, weight: 0, global: true },
  ],
  gcp: [
    { id: "compute.googleapis.com/Instance", weight: 26 },
    { id: "compute.googleapis.com/Disk", weight: 24, neglected: true },
    { id: "storage.googleapis.com/Bucket", weight: 16 },
    { id: "sqladmin.googleapis.com/Instance", weight: 6 },
    { id: "container.googleapis.com/Cluster", weight: 3 },
    { id: "pubsub.googleapis.com/Topic", weight: 10, global: true },
    { id: "bigquery.googleapis.com/Dataset", weight: 7 },
    { id: "run.googleapis.com/Service", weight: 8 },
    { id: PROJECT, weight: 0, global: true },
  ],
};
