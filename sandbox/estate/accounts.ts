import type { Cloud } from "../../src/domain/cloud.ts";
import { ACCOUNT_KINDS, COMPANY, TEAMS, type AccountKind } from "./company.ts";
import { hash32, hex, pick } from "./random.ts";
import type { EstateAccount } from "./types.ts";

/** An account with what the estate needs to fill it. */
export interface Account extends EstateAccount {
  /** Position among the accounts of its cloud. */
  readonly ordinal: number;
  readonly kind: AccountKind;
  readonly regions: readonly string[];
}

interface Growth {
  readonly atSmallest: number;
  readonly atLargest: number;
}

/** How many accounts and regions a cloud has at 300 resources and at 1,000,000. */
const ACCOUNTS_OF: Readonly<Record<Cloud, Growth>> = {
  aws: { atSmallest: 3, atLargest: 200 },
  azure: { atSmallest: 2, atLargest: 60 },
  gcp: { atSmallest: 2, atLargest: 60 },
};

/** In order of adoption. AWS: the 17 Regions that every account has without opting in. */
const REGIONS_OF: Readonly<Record<Cloud, readonly string[]>> = {
  aws: [
    "us-east-1",
    "eu-west-1",
    "us-west-2",
    "eu-central-1",
    "us-east-2",
    "ap-southeast-1",
    "ap-northeast-1",
    "eu-west-2",
    "ap-southeast-2",
    "ca-central-1",
    "eu-north-1",
    "ap-south-1",
    "sa-east-1",
    "eu-west-3",
    "ap-northeast-2",
    "us-west-1",
    "ap-northeast-3",
  ],
  azure: [
    "westeurope",
    "eastus",
    "northeurope",
    "eastus2",
    "uksouth",
    "germanywestcentral",
    "southeastasia",
    "westus2",
    "australiaeast",
    "japaneast",
  ],
  gcp: [
    "us-central1",
    "europe-west1",
    "us-east1",
    "europe-west4",
    "asia-southeast1",
    "us-west1",
    "asia-northeast1",
    "australia-southeast1",
  ],
};

/** The opt-in Region that the company's production AWS account has enabled. */
const OPTED_IN_REGION = "eu-south-1";

const SMALLEST = 300;
const LARGEST = 1_000_000;

/** Geometric growth between the two ends, so that every size looks like a company of that size. */
function grow({ atSmallest, atLargest }: Growth, resources: number): number {
  const progress = Math.log(resources / SMALLEST) / Math.log(LARGEST / SMALLEST);
  const wanted = Math.round(atSmallest * (atLargest / atSmallest) ** progress);
  return Math.min(atLargest, Math.max(atSmallest, wanted));
}

/** The accounts of one cloud, the one that speaks for all others (management account) first. */
export function accountsOf(cloud: Cloud, seed: number, resources: number): readonly Account[] {
  const all = REGIONS_OF[cloud];
  const regions = all.slice(0, grow({ atSmallest: 2, atLargest: all.length }, resources));
  const count = grow(ACCOUNTS_OF[cloud], resources);
  return Array.from({ length: count }, (_, ordinal) => {
    const { kind, name } = roleOf(ordinal);
    const optIn = cloud === "aws" && ordinal === 1 ? [OPTED_IN_REGION] : [];
    return {
      cloud,
      ordinal,
      kind,
      name,
      id: accountId(cloud, seed, { ordinal, name }),
      regions: [...regions, ...optIn],
    };
  });
}

/** The first six accounts are one of each kind; later ones belong to a team. */
function roleOf(ordinal: number): { readonly kind: AccountKind; readonly name: string } {
  const shared = ACCOUNT_KINDS[ordinal];
  if (shared !== undefined) return { kind: shared, name: `${COMPANY}-${shared}` };
  const kinds = ["production", "staging", "development"] as const;
  const kind = pick(kinds, ordinal);
  const own = ordinal - ACCOUNT_KINDS.length;
  const team = pick(TEAMS, Math.floor(own / kinds.length));
  const round = Math.floor(own / (kinds.length * TEAMS.length));
  const suffix = round === 0 ? "" : `-${round + 1}`;
  return { kind, name: `${COMPANY}-${team.name}-${kind}${suffix}` };
}

/** The cloud's own id shape; the ordinal inside keeps ids apart whatever the hash says. */
function accountId(
  cloud: Cloud,
  seed: number,
  { ordinal, name }: { readonly ordinal: number; readonly name: string },
): string {
  const roll = hash32(seed, ordinal, 0, 11);
  if (cloud === "aws") {
    const head = 100_000 + (roll % 900_000);
    const tail = hash32(seed, ordinal, 1, 11) % 1000;
    return `${head}${String(ordinal).padStart(3, "0")}${String(tail).padStart(3, "0")}`;
  }
  if (cloud === "gcp")
    return `${name.slice(0, 22).replace(/-$/, "")}-${hex(ordinal, 2)}${hex(roll, 4)}`;
  const middle = hash32(seed, ordinal, 2, 11);
  const node = hex(hash32(seed, ordinal, 3, 11), 8) + hex(ordinal, 4);
  return `${hex(roll, 8)}-${hex(middle, 4)}-4${hex(middle >>> 16, 3)}-8${hex(middle >>> 8, 3)}-${node}`;
}
