import type { Estate, EstateAccount, EstateGroup } from "../estate/types.ts";

/** Regions that every account has. */
const DEFAULT_REGIONS: readonly string[] = [
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

/** Regions that an account must opt in to; off by default. */
const OPT_IN_REGIONS: readonly string[] = [
  "af-south-1",
  "ap-east-1",
  "ap-south-2",
  "ap-southeast-3",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "me-south-1",
];

export interface RegionState {
  readonly name: string;
  readonly optInStatus: "opt-in-not-required" | "opted-in" | "not-opted-in";
}

/** The estate as AWS sees it. */
export interface World {
  readonly estate: Estate;
  readonly accounts: readonly EstateAccount[];
  readonly managementAccount: string;
  /** Every AWS group, in the estate's order. */
  readonly groups: readonly EstateGroup[];
  hasAccount(id: string): boolean;
  groupsOf(account: string): readonly EstateGroup[];
  groupsIn(account: string, region: string): readonly EstateGroup[];
  /** All Regions there are, with what the account decided about each. */
  regions(account: string): readonly RegionState[];
  isEnabled(account: string, region: string): boolean;
}

/** Index of the estate's groups; holds groups only, no resource. */
export function createWorld(estate: Estate): World {
  const accounts = estate.accounts.filter(({ cloud }) => cloud === "aws");
  const groups = estate.groups.filter(({ cloud }) => cloud === "aws");
  const byAccount = Map.groupBy(groups, ({ account }) => account);
  const byPlace = Map.groupBy(groups, ({ account, region }) => `${account} ${region}`);
  const ids = new Set(accounts.map(({ id }) => id));
  const groupsIn = (account: string, region: string): readonly EstateGroup[] =>
    byPlace.get(`${account} ${region}`) ?? [];
  // An account has opted in exactly where it has resources.
  const hasOptedIn = (account: string, region: string): boolean =>
    OPT_IN_REGIONS.includes(region) && groupsIn(account, region).length > 0;

  return {
    estate,
    accounts,
    managementAccount: accounts[0]?.id ?? "",
    groups,
    hasAccount: (id) => ids.has(id),
    groupsOf: (account) => byAccount.get(account) ?? [],
    groupsIn,
    regions: (account) => [
      ...DEFAULT_REGIONS.map((name) => ({ name, optInStatus: "opt-in-not-required" as const })),
      ...OPT_IN_REGIONS.map((name) => ({
        name,
        optInStatus: hasOptedIn(account, name) ? ("opted-in" as const) : ("not-opted-in" as const),
      })),
    ],
    isEnabled: (account, region) => DEFAULT_REGIONS.includes(region) || hasOptedIn(account, region),
  };
}
