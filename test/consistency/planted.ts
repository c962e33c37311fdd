import type { Cloud } from "../../src/domain/cloud.ts";

/**
 * What is planted in the seeded estate, written down before any of it was measured: every line says what
 * a FinOps practitioner would answer when shown the key, its values and its neighbours.
 */

/** What keys hold. `instead` of the near key, never beside it, is the hard case of a look-alike. */
export type ValueKind =
  | "cost_centers"
  | "emails"
  | "environments"
  | "applications"
  | "projects"
  | "departments"
  | "units"
  | "teams"
  | "ids"
  | "versions"
  | "dates"
  | "booleans"
  | "phones"
  | "profit_centers"
  | readonly string[];

/** What one estate is planted with. */
export interface Plan {
  readonly base: readonly BaseKey[];
  readonly variants: readonly Variant[];
  readonly lookAlikes: readonly LookAlike[];
}

export interface BaseKey {
  readonly key: string;
  readonly values: ValueKind;
  /** Share of resources that say this at all, in some spelling. */
  readonly rate: number;
}

const BASE_KEYS: readonly BaseKey[] = [
  { key: "CostCenter", values: "cost_centers", rate: 0.85 },
  { key: "Owner", values: "emails", rate: 0.85 },
  { key: "Environment", values: "environments", rate: 0.9 },
  { key: "Application", values: "applications", rate: 0.8 },
  { key: "Project", values: "projects", rate: 0.6 },
  { key: "Department", values: "departments", rate: 0.5 },
  { key: "BusinessUnit", values: "units", rate: 0.5 },
  { key: "Team", values: "teams", rate: 0.55 },
];

export interface Variant {
  /** The base key that is meant. */
  readonly of: string;
  readonly key: string;
  readonly cloud: Cloud;
}

export const variants = (
  of: string,
  ...spelled: readonly (readonly [Cloud, string])[]
): readonly Variant[] => spelled.map(([cloud, key]) => ({ of, key, cloud }));

/** 40 spellings of the base keys, each used instead of the right one by a small share of resources. */
const VARIANTS: readonly Variant[] = [
  ...variants(
    "CostCenter",
    ["aws", "cost-center"],
    ["aws", "COSTCENTER"],
    ["azure", "CostCentre"],
    ["aws", "CC"],
    ["gcp", "cost_ctr"],
    ["azure", "CostCtr"],
    ["aws", "CostCenetr"],
    ["aws", "CostCenterCode"],
    ["azure", "Kostenstelle"],
  ),
  ...variants(
    "Owner",
    ["aws", "owner"],
    ["aws", "OWNER"],
    ["azure", "owned-by"],
    ["aws", "Ownr"],
    ["aws", "ResourceOwner"],
    ["azure", "OwnerEmail"],
  ),
  ...variants(
    "Environment",
    ["gcp", "env"],
    ["aws", "Env"],
    ["aws", "ENVIRONMENT"],
    ["azure", "Enviroment"],
    ["gcp", "environemnt"],
    ["aws", "Stage"],
    ["azure", "environment-name"],
  ),
  ...variants(
    "Application",
    ["gcp", "app"],
    ["aws", "App"],
    ["azure", "AppName"],
    ["gcp", "application_name"],
    ["aws", "Aplication"],
    ["azure", "Workload"],
  ),
  ...variants(
    "Project",
    ["gcp", "proj"],
    ["aws", "PROJECT"],
    ["aws", "project-name"],
    ["azure", "Projekt"],
  ),
  ...variants("Department", ["aws", "Dept"], ["gcp", "dept"], ["azure", "Departement"]),
  ...variants("BusinessUnit", ["aws", "BU"], ["azure", "business-unit"], ["gcp", "biz_unit"]),
  ...variants("Team", ["aws", "TEAM"], ["gcp", "squad"]),
];

export interface LookAlike {
  /** The base key it must not be taken for. */
  readonly near: string;
  readonly key: string;
  readonly values: ValueKind;
  readonly clouds: readonly Cloud[];
  /** Share of the resources of its clouds. */
  readonly rate: number;
  /** Used instead of the near key by those who have it, never beside it. */
  readonly instead?: true;
}

const AWS: readonly Cloud[] = ["aws"];
const AZURE: readonly Cloud[] = ["azure"];
const BOTH: readonly Cloud[] = ["aws", "azure"];
const GCP: readonly Cloud[] = ["gcp"];

/** 40 keys that resemble a base key by name or by values and say something else. */
const LOOK_ALIKES: readonly LookAlike[] = [
  { near: "Owner", key: "OwnerTeam", values: "teams", clouds: AWS, rate: 0.1, instead: true },
  { near: "Owner", key: "BusinessOwner", values: "emails", clouds: BOTH, rate: 0.2 },
  { near: "Owner", key: "TechnicalOwner", values: "emails", clouds: AZURE, rate: 0.3 },
  { near: "Owner", key: "OwnerPhone", values: "phones", clouds: AWS, rate: 0.05 },
  { near: "Owner", key: "Approver", values: "emails", clouds: AWS, rate: 0.1 },
  { near: "Owner", key: "Power", values: ["high", "low", "burst"], clouds: AZURE, rate: 0.05 },
  {
    near: "CostCenter",
    key: "CostCategory",
    values: ["opex", "capex", "shared"],
    clouds: BOTH,
    rate: 0.3,
  },
  {
    near: "CostCenter",
    key: "CostAllocation",
    values: ["direct", "shared", "showback"],
    clouds: AWS,
    rate: 0.1,
  },
  {
    near: "CostCenter",
    key: "DataCenter",
    values: ["fra1", "dub2", "ams3"],
    clouds: AZURE,
    rate: 0.2,
  },
  {
    near: "CostCenter",
    key: "ProfitCenter",
    values: "profit_centers",
    clouds: AWS,
    rate: 0.05,
    instead: true,
  },
  {
    near: "CostCenter",
    key: "CI",
    values: ["jenkins", "github", "gitlab"],
    clouds: AWS,
    rate: 0.1,
  },
  {
    near: "Environment",
    key: "EnvironmentType",
    values: ["prod", "nonprod"],
    clouds: AZURE,
    rate: 0.1,
    instead: true,
  },
  {
    near: "Environment",
    key: "SourceEnvironment",
    values: "environments",
    clouds: AWS,
    rate: 0.05,
  },
  { near: "Environment", key: "EnvironmentId", values: "ids", clouds: AWS, rate: 0.1 },
  { near: "Environment", key: "Envoy", values: ["sidecar", "gateway"], clouds: BOTH, rate: 0.05 },
  {
    near: "Environment",
    key: "storage",
    values: ["hot", "cold", "archive"],
    clouds: GCP,
    rate: 0.1,
  },
  {
    near: "Application",
    key: "ApplicationId",
    values: "ids",
    clouds: BOTH,
    rate: 0.1,
    instead: true,
  },
  { near: "Application", key: "ApplicationVersion", values: "versions", clouds: AWS, rate: 0.2 },
  { near: "Application", key: "app_tier", values: ["web", "api", "db"], clouds: GCP, rate: 0.2 },
  { near: "Application", key: "ApplicationOwner", values: "emails", clouds: AZURE, rate: 0.1 },
  {
    near: "Application",
    key: "Appliance",
    values: ["firewall", "vpn", "proxy"],
    clouds: AWS,
    rate: 0.03,
  },
  { near: "Project", key: "ProjectManager", values: "emails", clouds: AWS, rate: 0.1 },
  { near: "Project", key: "ProjectId", values: "ids", clouds: AZURE, rate: 0.1, instead: true },
  {
    near: "Project",
    key: "ProjectPhase",
    values: ["design", "build", "run"],
    clouds: AWS,
    rate: 0.1,
  },
  {
    near: "Project",
    key: "Product",
    values: ["checkout", "search", "loyalty", "ads"],
    clouds: BOTH,
    rate: 0.2,
  },
  { near: "Project", key: "Protect", values: "booleans", clouds: AWS, rate: 0.1 },
  { near: "Department", key: "DepartmentHead", values: "emails", clouds: AZURE, rate: 0.05 },
  {
    near: "Department",
    key: "Deployment",
    values: ["blue", "green", "canary"],
    clouds: AWS,
    rate: 0.2,
  },
  {
    near: "Department",
    key: "Compartment",
    values: ["network", "security", "shared"],
    clouds: AWS,
    rate: 0.05,
  },
  {
    near: "BusinessUnit",
    key: "BusinessCriticality",
    values: ["high", "medium", "low"],
    clouds: BOTH,
    rate: 0.4,
  },
  {
    near: "BusinessUnit",
    key: "BusinessHours",
    values: ["9-17", "8-20", "24x7"],
    clouds: AWS,
    rate: 0.1,
  },
  { near: "Team", key: "TeamLead", values: "emails", clouds: AWS, rate: 0.1 },
  { near: "Team", key: "Tier", values: ["gold", "silver", "bronze"], clouds: BOTH, rate: 0.2 },
  { near: "Team", key: "term", values: ["1y", "3y"], clouds: GCP, rate: 0.1 },
  { near: "Team", key: "Tenant", values: "ids", clouds: AZURE, rate: 0.2 },
  { near: "Team", key: "Steam", values: "booleans", clouds: AWS, rate: 0.02 },
  { near: "AutoStop", key: "AutoStart", values: "booleans", clouds: AWS, rate: 0.1 },
  { near: "AutoStart", key: "AutoStop", values: "booleans", clouds: AWS, rate: 0.1 },
  { near: "CreatedAt", key: "StartDate", values: "dates", clouds: AZURE, rate: 0.1 },
  { near: "StartDate", key: "EndDate", values: "dates", clouds: AZURE, rate: 0.1 },
];

export const PLAN: Plan = { base: BASE_KEYS, variants: VARIANTS, lookAlikes: LOOK_ALIKES };
