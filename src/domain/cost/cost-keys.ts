import type { Cloud } from "../cloud.ts";
import { gcpLabelKey } from "../policy/gcp-labels.ts";
import { keyOn } from "../policy/key-spelling.ts";
import type { PolicyDocument } from "../policy/schema.ts";
import type { CostKey } from "./cost-line.ts";
import { parentCostKeys } from "./parents.ts";

/** Required tags first, then optional ones, conditions and exemptions: what a bill's lines are judged by. */
export function tagsOfPolicy(document: PolicyDocument): readonly string[] {
  const rules = [...document.required_tags, ...document.optional_tags];
  const conditions = rules.flatMap(({ when }) => (when === undefined ? [] : [when.tag]));
  return [
    ...new Set([...rules.map(({ name }) => name), ...conditions, ...exemptionTags(document)]),
  ];
}

/** Tags that some exemption looks at. */
export function exemptionTags(document: PolicyDocument): readonly string[] {
  return [...new Set(document.exemptions.flatMap(({ match }) => Object.keys(match.tags ?? {})))];
}

/** How the bill of one cloud may spell a tag of the policy; a tag the policy does not have is itself. */
export function costKey(document: PolicyDocument, cloud: Cloud, tag: string): CostKey {
  const rule = [...document.required_tags, ...document.optional_tags].find(
    ({ name }) => name === tag,
  ) ?? { name: tag };
  const aliases = "aliases" in rule ? (rule.aliases ?? []) : [];
  const key = keyOn(cloud, rule);
  const spellings = cloud === "gcp" ? [key, ...aliases.map(gcpLabelKey)] : [key, ...aliases];
  const known = spellings.filter((spelling) => spelling !== null);
  return {
    tag,
    spellings: [...new Set(known.length === 0 ? [tag] : known)],
    ignoreCase: cloud === "azure" || document.tag_naming_rules?.case_sensitivity === false,
  };
}

/** These keys and those that tell parents, each once. */
export function withParents(cloud: Cloud, keys: readonly CostKey[]): readonly CostKey[] {
  const known = new Set(keys.map(({ tag }) => tag.toLowerCase()));
  return [...keys, ...parentCostKeys(cloud).filter(({ tag }) => !known.has(tag.toLowerCase()))];
}

/** Every tag a bill is ever judged by or tells a parent by, for keeping lines of files. */
export function costKeysOf(document: PolicyDocument): Readonly<Record<Cloud, readonly CostKey[]>> {
  const keys = (cloud: Cloud): readonly CostKey[] =>
    withParents(
      cloud,
      tagsOfPolicy(document).map((tag) => costKey(document, cloud, tag)),
    );
  return { aws: keys("aws"), azure: keys("azure"), gcp: keys("gcp") };
}
