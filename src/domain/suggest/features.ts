import type { Cloud } from "../cloud.ts";
import { isProviderOwned } from "../policy/provider-owned.ts";
import type { Resource } from "../resource.ts";

/** What a tag's value may follow from, in the order in which equally good evidence is told. */
export const FEATURE_KINDS = [
  "parent",
  "resource_group",
  "security_group",
  "subnet",
  "network",
  "network_tag",
  "creator",
  "tag",
  "name_words",
  "name_word",
  "type_in_account",
  "region_in_account",
  "week_in_account",
  "account",
  "type",
] as const;
export type FeatureKind = (typeof FEATURE_KINDS)[number];

export interface Feature {
  readonly kind: FeatureKind;
  /** Equal texts are the same feature: the kind is part of it. */
  readonly text: string;
  /** Of what stands in a tag that people write: its key. A value is never inferred from that very tag. */
  readonly key?: string;
}

/** Tags that clouds and their tools write, which name what a resource was made by or belongs to. */
const PARENT_KEYS: ReadonlySet<string> = new Set([
  "aws:autoscaling:groupName",
  "aws:cloudformation:stack-name",
  "aws:ecs:clusterName",
  "aws:eks:cluster-name",
  "eks:cluster-name",
  "eks:nodegroup-name",
  "elasticbeanstalk:environment-name",
  "elasticmapreduce:job-flow-id",
  "aks-managed-cluster-name",
  "databricks-workspace-name",
  "goog-dataproc-cluster-name",
  "goog-k8s-cluster-name",
  "goog-gke-node-pool-cluster",
]);

/**
 * Who provisioned a product ("AWS Service Catalog AutoTags"). `aws:createdBy` is not here: AWS shows it in
 * bills and nowhere else ("AWS generated cost allocation tags").
 */
const PROVISIONED_BY = "aws:servicecatalog:provisioningPrincipalArn";
/** What people call it, by their own tag; no answer that is read names a creator otherwise. */
const CREATOR = /^(?:created[-_ ]?by|creator)$/i;

const RESOURCE_GROUP = /\/resourcegroups\/([^/]+)/i;
const DAYS_PER_WEEK = 7;
const MS_PER_DAY = 86_400_000;

/** Names that only tell a resource from its neighbours. */
const NAMES: ReadonlySet<string> = new Set(["name", "hidden-title"]);

/**
 * Everything about a resource that its tags may follow from. Words are whole words: nothing is concluded
 * from a part of one, so "product" says nothing of production.
 */
export function featuresOf(resource: Resource): readonly Feature[] {
  const { account, region, type, id, createdAt } = resource;
  const group = RESOURCE_GROUP.exec(id)?.[1]?.toLowerCase();
  const week = createdAt === null ? Number.NaN : weekOf(createdAt);
  return [
    feature("account", account),
    feature("type", type),
    feature("type_in_account", `${account}|${type}`),
    feature("region_in_account", `${account}|${region}`),
    ...(group === undefined ? [] : [feature("resource_group", `${account}|${group}`)]),
    ...(Number.isNaN(week) ? [] : [feature("week_in_account", `${account}|${week}`)]),
    ...linkFeatures(resource),
    ...tagFeatures(resource),
    ...nameFeatures(resource),
  ];
}

const feature = (kind: FeatureKind, text: string): Feature => ({ kind, text: `${kind}=${text}` });

function weekOf(createdAt: string): number {
  return Math.floor(Date.parse(createdAt) / (DAYS_PER_WEEK * MS_PER_DAY));
}

/** Ids of networks and groups are unique in their cloud, and may be shared between accounts; words are not. */
function linkFeatures({ account, links = [] }: Resource): readonly Feature[] {
  return links.map(({ kind, to }) =>
    feature(kind, kind === "network_tag" ? `${account}|${to}` : to),
  );
}

function tagFeatures({ cloud, account, tags }: Resource): readonly Feature[] {
  return (tags ?? []).flatMap(({ key, value }) => {
    // A stack's name is only unique within its account.
    if (PARENT_KEYS.has(key)) return [feature("parent", `${account}|${key}|${value}`)];
    if (key === PROVISIONED_BY) return [feature("creator", value)];
    if (CREATOR.test(key)) return [{ ...feature("creator", value), key }];
    if (isProviderOwned(cloud, key) || NAMES.has(key.toLowerCase())) return [];
    return [{ ...feature("tag", `${fold(cloud, key)}|${value}`), key }];
  });
}

const fold = (cloud: Cloud, key: string): string => (cloud === "azure" ? key.toLowerCase() : key);

function nameFeatures(resource: Resource): readonly Feature[] {
  const words = nameWords(resource);
  const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`);
  return [
    ...[...new Set(words)].map((word) => feature("name_word", word)),
    ...[...new Set(pairs)].map((pair) => feature("name_words", pair)),
  ];
}

const SEPARATORS = /[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u;
const LONGEST_WORD = 40;

/** Words of a resource's name, and of its parents' names in the id, lower case, in order. */
export function nameWords({ cloud, id, tags }: Resource): readonly string[] {
  const name = tags?.find(({ key }) => key === "Name")?.value ?? "";
  return `${name} ${id.replace(UNNAMED_BEGINNING[cloud], "")}`
    .split(SEPARATORS)
    .filter(isWord)
    .map((word) => word.toLowerCase());
}

/** What stands in an id before anything that a person named; account and Region are features already. */
const UNNAMED_BEGINNING: Readonly<Record<Cloud, RegExp>> = {
  aws: /^(?:[^:]*:){5}/,
  azure: /^\/subscriptions\/[^/]+\//i,
  gcp: /^\/\/[^/]+\/(?:projects\/[^/]+\/)?/,
};

/** Random ids, hashes and numbers are no words: they stand for one resource and repeat nowhere. */
function isWord(text: string): boolean {
  if (text.length < 2 || text.length > LONGEST_WORD || /^\p{N}+$/u.test(text)) return false;
  return !/\p{N}/u.test(text) || text.length <= 3;
}
