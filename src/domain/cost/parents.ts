import type { Cloud } from "../cloud.ts";
import type { TagSet } from "../resource.ts";
import type { CostGroup, CostKey, CostKeyFact } from "./cost-line.ts";

/**
 * Tags that the clouds themselves put on the members of a parent: tagging the parent, so that it passes
 * its tags on, fixes all of them for good. Nearest parent first.
 * Sources: "Tag Auto Scaling groups and instances", CloudFormation "Resource tag", EKS "Tagging your
 * resources for billing", ECS "Adding tags to resources for billing", Elastic Beanstalk "Tagging
 * environments", AKS "Use Azure tags", GKE "Cluster resource labels", Dataproc "Automatically applied labels".
 */
const PARENT_KEYS = {
  aws: [
    ["aws:autoscaling:groupName", "auto_scaling_group"],
    ["aws:ecs:serviceName", "ecs_service"],
    ["aws:eks:cluster-name", "eks_cluster"],
    ["eks:cluster-name", "eks_cluster"],
    ["aws:ecs:clusterName", "ecs_cluster"],
    ["elasticbeanstalk:environment-name", "beanstalk_environment"],
    ["aws:cloudformation:stack-name", "cloudformation_stack"],
  ],
  azure: [["aks-managed-cluster-name", "aks_cluster"]],
  gcp: [
    ["goog-k8s-cluster-name", "gke_cluster"],
    ["goog-dataproc-cluster-name", "dataproc_cluster"],
    ["goog-composer-environment", "composer_environment"],
  ],
} as const satisfies Readonly<Record<Cloud, readonly (readonly [key: string, kind: string])[]>>;

/** Nodes of a Kubernetes cluster that people run themselves say its name in the key ("AWS cloud provider", Kubernetes). */
const KUBERNETES_CLUSTER = "kubernetes.io/cluster/";

/**
 * Tags by which people say what Terraform made, and from which code: `default_tags` of the provider, or
 * of the module, gives all of its resources an owner at once. Conventions, in any letter case and
 * separator; there is no tag that Terraform writes by itself.
 */
const MADE_BY = ["ManagedBy", "managed-by", "managed_by"];
const TERRAFORM = /^(terraform|opentofu|tofu)$/i;
const CODE_KEYS = [
  ["TerraformModule", "terraform-module", "terraform_module", "Module"],
  ["TerraformWorkspace", "terraform-workspace", "terraform_workspace", "Workspace"],
  ["TerraformStack", "terraform-stack", "terraform_stack", "Stack"],
] as const;
const CODE_KINDS = ["terraform_module", "terraform_workspace", "terraform_stack"] as const;

const RESOURCE_GROUP = /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)/i;

/** The keys a bill is asked for so that parents are seen. */
export function parentCostKeys(cloud: Cloud): readonly CostKey[] {
  const own = PARENT_KEYS[cloud].map(([key]) => ({
    tag: key,
    spellings: [key],
    ignoreCase: false,
  }));
  const byPeople = [MADE_BY, ...CODE_KEYS].map((keys) => ({
    tag: keys[0] ?? "",
    // Labels have no capitals.
    spellings: [...new Set(cloud === "gcp" ? keys.map((key) => key.toLowerCase()) : keys)],
    ignoreCase: true,
  }));
  return [...own, ...byPeople];
}

/**
 * Beginnings of keys that tell a parent and that a bill is not known to carry, so that the inventory is
 * asked for them.
 * @param facts what is known of the bill's keys.
 */
export function parentKeysUnbilled(cloud: Cloud, facts: readonly CostKeyFact[]): readonly string[] {
  const billed = new Set(facts.filter(({ state }) => state === "active").map(({ tag }) => tag));
  const unbilled = parentCostKeys(cloud).filter(({ tag }) => !billed.has(tag));
  return [
    ...new Set(unbilled.flatMap(({ spellings }) => spellings)),
    ...(cloud === "aws" ? [KUBERNETES_CLUSTER] : []),
  ];
}

/**
 * The nearest parent of a charge's resource, such as `auto_scaling_group web`; else the Terraform code
 * that it says it was made by; an Azure resource belongs to its resource group. Null where none is named.
 * The name is untrusted text.
 * @param inventoryTags what the inventory last saw on the resource: a bill has the keys alone that were
 * activated, and kept. Where both name a parent of one kind, the bill does.
 */
export function parentOf(
  { cloud, tags: billed, resourceId }: CostGroup,
  inventoryTags: TagSet = [],
): string | null {
  const tags = [...billed, ...inventoryTags];
  for (const [key, kind] of PARENT_KEYS[cloud]) {
    const name = tags.find((tag) => tag.key === key)?.value ?? "";
    if (name !== "") return `${kind} ${name}`;
  }
  const code = (cloud === "aws" ? kubernetesCluster(tags) : null) ?? terraformCode(tags);
  return code ?? (cloud === "azure" ? resourceGroup(resourceId) : null);
}

function resourceGroup(resourceId: string | null): string | null {
  const group = RESOURCE_GROUP.exec(resourceId ?? "")?.[1];
  return group === undefined ? null : `resource_group ${group.toLowerCase()}`;
}

function kubernetesCluster(tags: TagSet): string | null {
  const key = tags.find((tag) => tag.key.startsWith(KUBERNETES_CLUSTER))?.key;
  return key === undefined ? null : `kubernetes_cluster ${key.slice(KUBERNETES_CLUSTER.length)}`;
}

/** The nearest code that a resource says it was made from; null unless it says it was Terraform. */
function terraformCode(tags: TagSet): string | null {
  const valueOf = (keys: readonly string[]): string => {
    const known = new Set(keys.map((key) => key.toLowerCase()));
    return tags.find(({ key }) => known.has(key.toLowerCase()))?.value.trim() ?? "";
  };
  if (!TERRAFORM.test(valueOf(MADE_BY))) return null;
  for (const [at, kind] of CODE_KINDS.entries()) {
    const name = valueOf(CODE_KEYS[at] ?? []);
    if (name !== "") return `${kind} ${name}`;
  }
  return null;
}
