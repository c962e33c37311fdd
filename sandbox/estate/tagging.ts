import type { Cloud } from "../../src/domain/cloud.ts";
import type { Tag } from "../../src/domain/resource.ts";
import type { Environment, Team } from "./company.ts";
import { pick } from "./random.ts";
import { REQUIRED, type Defect, type HealthyValues, type Required } from "./defects.ts";
import type { Condition } from "./types.ts";

/** What the tags of one resource are made from. */
export interface TagFacts {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly application: string;
  /** The id does not show the name, so a person gives it a Name tag. */
  readonly opaqueId: boolean;
  readonly token: string;
  readonly roll: number;
}

const GCP_KEYS: Readonly<Record<Required, string>> = {
  CostCenter: "cost_center",
  Owner: "owner",
  Environment: "environment",
};

/** What a well-tagged resource of this team says. GCP labels allow lower case only, and no `@`. */
export function healthyValues(cloud: Cloud, team: Team, environment: Environment): HealthyValues {
  return {
    CostCenter: team.costCenter,
    Owner: cloud === "gcp" ? `team-${team.name}` : team.mail,
    Environment: environment,
  };
}

/** The tags as the cloud holds them, defect included. */
export function tagsOf(
  facts: TagFacts,
  {
    condition,
    defect,
    healthy,
  }: {
    readonly condition: Condition;
    readonly defect: Defect;
    readonly healthy: HealthyValues;
  },
): readonly Tag[] {
  if (condition === "never_tagged" || condition === "previously_tagged") return [];
  const tags: Tag[] = [];
  for (const key of REQUIRED)
    if (!defect.missing.includes(key))
      tags.push({
        key: defect.renamed[key] ?? (facts.cloud === "gcp" ? GCP_KEYS[key] : key),
        value: defect.values[key] ?? spelled(facts.cloud, healthy[key]),
      });
  tags.push(...defect.extra);
  if (condition === "exempt" && facts.cloud === "aws" && facts.opaqueId) tags.push(RETIRING);
  addBenignTags(tags, facts);
  return tags;
}

/** What the sandbox policy's exemption looks for where the id cannot carry the word "legacy". */
const RETIRING: Tag = { key: "Lifecycle", value: "Retiring" };

function spelled(cloud: Cloud, value: string): string {
  return cloud === "gcp" ? value.toLowerCase() : value;
}

/** Tags that no rule of the sandbox policy objects to. */
function addBenignTags(tags: Tag[], facts: TagFacts): void {
  const { cloud, roll } = facts;
  const lower = cloud === "gcp";
  if (!lower && (facts.opaqueId || roll % 4 === 0)) tags.push({ key: "Name", value: facts.name });
  if (roll % 10 < 7)
    tags.push({ key: lower ? "application" : "Application", value: facts.application });
  const manager = pick(MANAGERS[cloud], roll >>> 8);
  if (manager !== "") tags.push({ key: lower ? "managed_by" : "ManagedBy", value: manager });
  tags.push(...PROVIDER_TAGS[cloud](facts, manager));
}

/** Twice in five nothing says who manages the resource. */
const MANAGERS: Readonly<Record<Cloud, readonly [string, ...string[]]>> = {
  aws: ["terraform", "terraform", "cloudformation", "", ""],
  azure: ["terraform", "terraform", "bicep", "", ""],
  gcp: ["terraform", "terraform", "config-connector", "", ""],
};

/** Tags that the provider or its tooling owns; a policy never judges them. */
const PROVIDER_TAGS: Readonly<Record<Cloud, (facts: TagFacts, manager: string) => readonly Tag[]>> =
  {
    aws: (facts, manager) => {
      if (manager !== "cloudformation") return [];
      const stack = `${facts.application}-stack`;
      return [
        { key: "aws:cloudformation:stack-name", value: stack },
        {
          key: "aws:cloudformation:stack-id",
          value: `arn:aws:cloudformation:${facts.region}:${facts.account}:stack/${stack}/${facts.token}`,
        },
        { key: "aws:cloudformation:logical-id", value: "Resource" },
      ];
    },
    azure: (facts) => (facts.roll % 25 === 0 ? [{ key: "hidden-title", value: facts.name }] : []),
    gcp: (_facts, manager) =>
      manager === "terraform" ? [{ key: "goog-terraform-provisioned", value: "true" }] : [],
  };
