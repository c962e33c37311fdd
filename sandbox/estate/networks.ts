import type { Cloud } from "../../src/domain/cloud.ts";
import { type Link, linksTo } from "../../src/domain/links.ts";
import type { Environment, Team } from "./company.ts";
import { hash32, hex } from "./random.ts";

/** What decides where in the networks a resource is. */
export interface NetworkFacts {
  readonly seed: number;
  readonly ordinal: number;
  readonly index: number;
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly team: Team;
  readonly environment: Environment;
  readonly application: string;
}

/** Share of each type, in per cent, that is in a network and whose cloud says so where it lists it. */
const CONNECTED: Readonly<Record<string, number>> = {
  "ec2:instance": 100,
  "ec2:security-group": 100,
  "rds:db": 100,
  "lambda:function": 35,
  "Microsoft.Web/sites": 50,
  "Microsoft.ContainerService/managedClusters": 80,
  "compute.googleapis.com/Instance": 70,
};

/** Draws of their own, so that ids, tags and conditions are what they were before there were networks. */
const SALT = { connected: 31, network: 32, subnet: 33, group: 34, second: 35, stray: 36 } as const;

/**
 * Where a resource is connected, if it is: mostly what a well-run company would choose, and often enough
 * not. In each account and Region there are a network that all teams share (half of what is connected),
 * networks of departments (three in ten) and the default network (the rest). A network's subnets are
 * one an environment; one resource in eight was put into another. Security groups are one an
 * application (six in ten), the network's default (three in ten), or left over from another
 * application (the rest); a third of resources also have the group that lets administrators in.
 */
export function networkLinks(facts: NetworkFacts): readonly Link[] {
  const percent = drawOf(facts);
  if (percent(SALT.connected) >= (CONNECTED[facts.type] ?? 0)) return [];
  return LINKS_OF[facts.cloud](facts, percent).links ?? [];
}

type Percent = (salt: number) => number;

function drawOf({ seed, ordinal, index }: NetworkFacts): Percent {
  return (salt) => hash32(seed, ordinal, index, salt) % 100;
}

const LINKS_OF: Readonly<
  Record<Cloud, (facts: NetworkFacts, percent: Percent) => ReturnType<typeof linksTo>>
> = {
  aws: (facts, percent) => {
    const network = `${facts.account} ${facts.region} ${networkName(facts, percent)}`;
    // The list of security groups says of each which network it is for, and no more.
    if (facts.type === "ec2:security-group") return linksTo({ network: madeId("vpc", network) });
    const groups = groupNames(facts, percent).map((name) => madeId("sg", `${network} ${name}`));
    return linksTo({
      network: madeId("vpc", network),
      ...(facts.type === "rds:db"
        ? {}
        : { subnet: madeId("subnet", `${network} ${subnetName(facts, percent)}`) }),
      security_group: groups,
    });
  },
  azure: (facts, percent) => {
    const network =
      `/subscriptions/${facts.account}/resourceGroups/rg-network-${facts.region}` +
      `/providers/Microsoft.Network/virtualNetworks/vnet-${networkName(facts, percent)}`;
    return linksTo({ network, subnet: `${network}/subnets/snet-${subnetName(facts, percent)}` });
  },
  // Firewall rules are for tags here, which everybody may write.
  gcp: (facts, percent) => linksTo({ network_tag: groupNames(facts, percent) }),
};

function networkName({ team }: NetworkFacts, percent: Percent): string {
  const roll = percent(SALT.network);
  if (roll < 50) return "shared";
  return roll < 80 ? team.costCenter.toLowerCase() : "default";
}

const ENVIRONMENTS: readonly Environment[] = ["production", "staging", "development", "test"];

function subnetName({ environment }: NetworkFacts, percent: Percent): string {
  const roll = percent(SALT.subnet);
  return roll < 12 ? (ENVIRONMENTS[roll % 4] ?? environment) : environment;
}

function groupNames({ application }: NetworkFacts, percent: Percent): readonly string[] {
  const roll = percent(SALT.group);
  const own = roll < 60 ? application : roll < 90 ? "default" : `old-${percent(SALT.stray) % 12}`;
  return percent(SALT.second) < 33 ? [own, "admin-access"] : [own];
}

/** `vpc-` and 17 hex digits, as EC2 makes them since 2016; equal names have equal ids. */
function madeId(prefix: string, name: string): string {
  let [low, high] = [0, 1];
  for (const char of name) {
    const code = char.codePointAt(0) ?? 0;
    low = hash32(low, code, 0, 0);
    high = hash32(high, code, 1, 0);
  }
  return `${prefix}-0${hex(low, 8)}${hex(high, 8)}`;
}
