/** The invented company whose clouds the sandbox simulates. */
export const COMPANY = "larkspur";
export const MAIL_DOMAIN = "larkspur.example";

/** How well a team keeps its tags: 0 careful, 1 average, 2 careless. */
export type Discipline = 0 | 1 | 2;

export interface Team {
  readonly name: string;
  /** Its mailing list. */
  readonly mail: string;
  readonly costCenter: CostCenter;
  readonly discipline: Discipline;
  readonly applications: readonly [string, ...string[]];
}

/** The values that `policy.yaml` allows. */
export type CostCenter = "Engineering" | "Marketing" | "Sales" | "Operations" | "Finance";
export type Environment = "production" | "staging" | "development" | "test";

const team = (
  name: string,
  costCenter: CostCenter,
  discipline: Discipline,
  applications: readonly [string, ...string[]],
): Team => ({ name, mail: `${name}@${MAIL_DOMAIN}`, costCenter, discipline, applications });

export const TEAMS: readonly [Team, ...Team[]] = [
  team("payments", "Engineering", 0, ["card-gateway", "payouts", "fraud-rules"]),
  team("checkout", "Engineering", 0, ["cart", "order-flow"]),
  team("search", "Engineering", 1, ["catalogue-index", "ranking"]),
  team("identity", "Engineering", 0, ["sign-in", "directory"]),
  team("growth", "Marketing", 2, ["campaigns", "newsletter", "landing"]),
  team("brand", "Marketing", 2, ["media-library"]),
  team("partners", "Sales", 1, ["partner-portal", "quotes"]),
  team("field-sales", "Sales", 2, ["crm-sync"]),
  team("logistics", "Operations", 1, ["routing", "warehouse"]),
  team("support", "Operations", 1, ["ticketing", "call-centre"]),
  team("ledger", "Finance", 0, ["general-ledger", "invoicing"]),
  team("insights", "Finance", 1, ["reporting", "forecast"]),
];

/** What an account is for. It decides the environments in it and how well it is kept. */
export const ACCOUNT_KINDS = [
  "platform",
  "production",
  "sandbox",
  "data",
  "staging",
  "development",
] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** Environments seen in an account of this kind; repeated ones are more frequent. */
export const ENVIRONMENTS_OF: Readonly<
  Record<AccountKind, readonly [Environment, ...Environment[]]>
> = {
  platform: ["production", "production", "staging"],
  production: ["production"],
  data: ["production", "production", "development"],
  staging: ["staging", "staging", "test"],
  development: ["development", "development", "test"],
  sandbox: ["development", "test"],
};

/** Carelessness that the account adds to the team's own. */
export const NEGLECT_OF: Readonly<Record<AccountKind, number>> = {
  platform: -1,
  production: -1,
  data: 0,
  staging: 0,
  development: 0,
  sandbox: 2,
};
