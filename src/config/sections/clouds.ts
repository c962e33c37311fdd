import { z } from "zod";
import { SecretReference } from "../../domain/secret-reference.ts";

const Aws = z
  .strictObject({
    enabled: z.boolean().default(true).describe("Read this cloud."),
    home_region: z
      .string()
      .optional()
      .describe("Region for the account's own calls. Default: AWS_REGION, else us-east-1."),
    regions: z.array(z.string()).default([]).describe("Regions to read. Empty: every enabled one."),
    accounts: z
      .array(z.string().regex(/^\d{12}$/, "An AWS account id is 12 digits."))
      .default([])
      .describe("Accounts to read. Empty: the caller's own, or with role_name the organization's."),
    role_name: z
      .string()
      .optional()
      .describe(
        "Role to assume in each member account. Without it only the caller's account is read.",
      ),
    external_id: z.string().optional().describe("External id that the member role asks for."),
    config_aggregator: z
      .strictObject({
        name: z.string().regex(/^[\w-]{1,256}$/, "A name has letters, digits, - and _."),
        region: z.string().describe("Region in which it was made."),
        account: z
          .string()
          .regex(/^\d{12}$/, "An AWS account id is 12 digits.")
          .optional()
          .describe("Account in which it was made. Default: the caller's own."),
      })
      .optional()
      .describe(
        "AWS Config aggregator that is read where Resource Explorer has no index, for the types its recorders record.",
      ),
    max_in_flight: z.int().min(1).max(512).default(128).describe("Requests in flight at once."),
  })
  .describe("Amazon Web Services. Endpoints: the SDK's own AWS_ENDPOINT_URL[_SERVICE].");

const azureTenant = {
  client_id: z
    .string()
    .optional()
    .describe("Service principal or user-assigned managed identity. Default: AZURE_CLIENT_ID."),
  client_secret: SecretReference.optional().describe(
    "Where the principal's secret is: env://NAME, file:///path, aws-sm://, azure-kv:// or gcp-sm://. Default: the credential chain.",
  ),
  subscriptions: z
    .array(z.guid("An Azure subscription id is a GUID."))
    .default([])
    .describe("Subscriptions to read. Empty: every one the credential can."),
  management_groups: z
    .array(z.string())
    .default([])
    .describe("Management groups whose subscriptions are read, besides those named."),
};

const Azure = z
  .strictObject({
    enabled: z.boolean().default(true).describe("Read this cloud."),
    tenant_id: z.string().optional().describe("Entra tenant. Default: the credential's own."),
    ...azureTenant,
    tenants: z
      .array(z.strictObject({ tenant_id: z.string(), ...azureTenant }))
      .default([])
      .describe(
        "Several tenants, each with tenant_id, client_id, client_secret, subscriptions and management_groups of its own; then those above do not count.",
      ),
    endpoint: z
      .url()
      .optional()
      .describe("Resource Manager endpoint. Default: https://management.azure.com."),
    max_in_flight: z.int().min(1).max(64).default(8).describe("Requests in flight at once."),
  })
  .describe("Microsoft Azure.");

const Gcp = z
  .strictObject({
    enabled: z.boolean().default(true).describe("Read this cloud."),
    organization: z
      .string()
      .regex(/^\d+$/, "An organization id is a number.")
      .optional()
      .describe("Organization whose projects are read. Default: every project the credential can."),
    folders: z
      .array(z.string().regex(/^\d+$/, "A folder id is a number."))
      .default([])
      .describe("Folders whose projects are read, besides the organization's."),
    projects: z.array(z.string()).default([]).describe("Projects to read. Empty: all of them."),
    credentials_file: SecretReference.optional().describe(
      "Where a service account key or a workload identity federation file is: file:///path, or with its text env://NAME, aws-sm://, azure-kv:// or gcp-sm://. Default: Application Default Credentials.",
    ),
    quota_project: z.string().optional().describe("Project that is charged for quota."),
    billing_table: z
      .string()
      .optional()
      .describe(
        "Detailed billing export in BigQuery, project.dataset.gcp_billing_export_resource_v1_…; without it Google Cloud is not asked for costs.",
      ),
    endpoint: z.url().optional().describe("API endpoint override. Default: Google's own hosts."),
    max_in_flight: z.int().min(1).max(64).default(8).describe("Requests in flight at once."),
  })
  .describe("Google Cloud.");

export const Clouds = z
  .strictObject({ aws: Aws.optional(), azure: Azure.optional(), gcp: Gcp.optional() })
  .prefault({})
  .describe("A cloud is in use when it is named here or its standard credentials are found.");
