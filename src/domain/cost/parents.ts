import type { Cloud } from "../cloud.ts";
import type { CostGroup, CostKey } from "./cost-line.ts";

/**
 * Tags that the clouds themselves put on the members of a parent: tagging the parent, so that it passes
 * its tags on, fixes all of them for good. Nearest parent first.
 * Sources: "Tag Auto Scaling groups and instances", CloudFormation "Resource tag", EKS "Tagging your
 * resources for billing", GKE "Cluster resource labels".
 */
const PARENT_KEYS = {
  aws: [
    ["aws:autoscaling:groupName", "auto_scaling_group"],
    ["aws:eks:cluster-name", "eks_cluster"],
    ["aws:ecs:clusterName", "ecs_cluster"],
    ["aws:cloudformation:stack-name", "cloudformation_stack"],
  ],
  azure: [],
  gcp: [["goog-k8s-cluster-name", "gke_cluster"]],
} as const satisfies Readonly<Record<Cloud, readonly (readonly [key: string, kind: string])[]>>;

const RESOURCE_GROUP = /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)/i;

/** The keys a bill is asked for so that parents are seen. */
export function parentCostKeys(cloud: Cloud): readonly CostKey[] {
  return PARENT_KEYS[cloud].map(([key]) => ({ tag: key, spellings: [key], ignoreCase: false }));
}

/**
 * The nearest parent of a charge's resource, such as `auto_scaling_group web`; an Azure resource belongs
 * to its resource group. Null where the bill names none. The name is untrusted text.
 */
export function parentOf({ cloud, tags, resourceId }: CostGroup): string | null {
  for (const [key, kind] of PARENT_KEYS[cloud]) {
    const name = tags.find((tag) => tag.key === key)?.value ?? "";
    if (name !== "") return `${kind} ${name}`;
  }
  if (cloud !== "azure") return null;
  const group = RESOURCE_GROUP.exec(resourceId ?? "")?.[1];
  return group === undefined ? null : `resource_group ${group.toLowerCase()}`;
}
