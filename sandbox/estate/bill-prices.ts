import type { Cloud } from "../../src/domain/cloud.ts";

/** What a resource of one type costs in a month. */
export interface Price {
  /** As the cloud's own cost tool names it. */
  readonly service: string;
  /** The least, in millionths. A price is this, doubled up to `doublings` times, and a little more. */
  readonly fromMicros: number;
  readonly doublings: number;
  /** Share of them that a commitment pays for, in per cent. */
  readonly committedPercent?: number;
  /** Share of them that ran for no hour of the month, in per cent. */
  readonly stoppedPercent?: number;
}

const USD = 1_000_000;
const CENT = 10_000;

/** Types that are not here cost nothing. */
export const PRICES: Readonly<Record<string, Price>> = {
  "ec2:instance": {
    service: "Amazon Elastic Compute Cloud - Compute",
    fromMicros: 7 * USD,
    doublings: 8,
    committedPercent: 30,
    stoppedPercent: 8,
  },
  "ec2:volume": { service: "EC2 - Other", fromMicros: USD, doublings: 7 },
  "s3:bucket": {
    service: "Amazon Simple Storage Service",
    fromMicros: 5 * CENT,
    doublings: 13,
  },
  "rds:db": {
    service: "Amazon Relational Database Service",
    fromMicros: 28 * USD,
    doublings: 6,
    committedPercent: 20,
    stoppedPercent: 5,
  },
  "lambda:function": { service: "AWS Lambda", fromMicros: CENT, doublings: 12 },
  "dynamodb:table": { service: "Amazon DynamoDB", fromMicros: 50 * CENT, doublings: 9 },
  "sqs:queue": { service: "Amazon Simple Queue Service", fromMicros: 400, doublings: 13 },
  "sns:topic": {
    service: "Amazon Simple Notification Service",
    fromMicros: 500,
    doublings: 11,
  },
  "logs:log-group": { service: "AmazonCloudWatch", fromMicros: 3 * CENT, doublings: 10 },
  "kms:key": { service: "AWS Key Management Service", fromMicros: USD, doublings: 1 },
  "Microsoft.Compute/virtualMachines": {
    service: "Virtual Machines",
    fromMicros: 8 * USD,
    doublings: 8,
    committedPercent: 25,
    stoppedPercent: 10,
  },
  "Microsoft.Compute/disks": { service: "Storage", fromMicros: USD, doublings: 7 },
  "Microsoft.Storage/storageAccounts": { service: "Storage", fromMicros: 20 * CENT, doublings: 11 },
  "Microsoft.Sql/servers/databases": { service: "SQL Database", fromMicros: 5 * USD, doublings: 8 },
  "Microsoft.Web/sites": { service: "Azure App Service", fromMicros: 10 * USD, doublings: 5 },
  "Microsoft.ContainerService/managedClusters": {
    service: "Azure Kubernetes Service",
    fromMicros: 73 * USD,
    doublings: 1,
  },
  "Microsoft.KeyVault/vaults": { service: "Key Vault", fromMicros: CENT, doublings: 7 },
  "compute.googleapis.com/Instance": {
    service: "Compute Engine",
    fromMicros: 6 * USD,
    doublings: 8,
    committedPercent: 25,
    stoppedPercent: 8,
  },
  "compute.googleapis.com/Disk": { service: "Compute Engine", fromMicros: USD, doublings: 7 },
  "storage.googleapis.com/Bucket": {
    service: "Cloud Storage",
    fromMicros: 4 * CENT,
    doublings: 12,
  },
  "sqladmin.googleapis.com/Instance": { service: "Cloud SQL", fromMicros: 26 * USD, doublings: 6 },
  "container.googleapis.com/Cluster": {
    service: "Kubernetes Engine",
    fromMicros: 73 * USD,
    doublings: 1,
  },
  "pubsub.googleapis.com/Topic": { service: "Cloud Pub/Sub", fromMicros: CENT, doublings: 10 },
  "bigquery.googleapis.com/Dataset": { service: "BigQuery", fromMicros: 50 * CENT, doublings: 11 },
  "run.googleapis.com/Service": { service: "Cloud Run", fromMicros: 15 * CENT, doublings: 8 },
};

/** The company pays Microsoft in euros and the other two in dollars. */
export const CURRENCY_OF: Readonly<Record<Cloud, "USD" | "EUR">> = {
  aws: "USD",
  azure: "EUR",
  gcp: "USD",
};
