import type { Cloud } from "../../src/domain/cloud.ts";
import type { Verdict } from "../../src/domain/compliance/violation.ts";
import type { PolicyDocument, TagRule } from "../../src/domain/policy/schema.ts";
import type { Resource, Tag } from "../../src/domain/resource.ts";

/**
 * The rules of judgement written down a second time, naively and without the engine's code: slow,
 * unindexed, uncached, with the platform's own regular expressions. Covers policies without GCP
 * renaming surprises: names are single lower-case words or given per cloud.
 */
export function referenceVerdict(document: PolicyDocument, resource: Resource): Verdict {
  const { cloud, tags } = resource;
  if (tags === null) return "unknown";
  const own = tags.filter(({ key }) => !isOwned(cloud, key));
  const required = document.required_tags.filter((rule) => covers(rule, resource));
  const optional = document.optional_tags.filter((rule) => covers(rule, resource));
  const problems = [
    ...required.flatMap((rule) => problemsOf(document, rule, own, { cloud, mustBeThere: true })),
    ...optional.flatMap((rule) => problemsOf(document, rule, own, { cloud, mustBeThere: false })),
    ...document.prohibited_tags.flatMap((rule) =>
      own.some(({ key }) => rank(document, rule, key, cloud) >= 0) ? [rule.severity] : [],
    ),
    ...crowding(document, own.length),
  ];
  if (problems.includes("error")) return "non_compliant";
  return required.length === 0 && problems.length === 0 ? "out_of_scope" : "compliant";
}

type Severity = TagRule["severity"];

function problemsOf(
  document: PolicyDocument,
  rule: TagRule,
  tags: readonly Tag[],
  { cloud, mustBeThere }: { readonly cloud: Cloud; readonly mustBeThere: boolean },
): readonly Severity[] {
  if (!holds(document, rule, tags, cloud)) return [];
  const tag = find(document, rule, tags, cloud);
  const variants = tags.filter(({ key }) => rank(document, rule, key, cloud) >= 2);
  const isBroken = tag === undefined ? mustBeThere : !satisfies(rule, tag.value, cloud);
  return [...variants.map((): Severity => "warning"), ...(isBroken ? [rule.severity] : [])];
}

function crowding(
  { tag_naming_rules: naming }: PolicyDocument,
  count: number,
): readonly Severity[] {
  return naming?.max_tags !== undefined && count > naming.max_tags ? [naming.severity] : [];
}

function isOwned(cloud: Cloud, key: string): boolean {
  const prefix = { aws: /^aws:/i, azure: /^hidden-/i, gcp: /^goog-/i }[cloud];
  return prefix.test(key);
}

function covers(rule: TagRule, { cloud, type }: Resource): boolean {
  const scope = rule.applies_to;
  if (scope === undefined) return true;
  const list = Array.isArray(scope) ? scope : scope[cloud];
  return list !== undefined && (list.length === 0 || list.includes(type));
}

type Named = Pick<TagRule, "name"> & Partial<Pick<TagRule, "names" | "aliases">>;

/** 0 and 1: the key; 2: an alias; 3: another case where case does not matter; -1: another key. */
function rank(document: PolicyDocument, rule: Named, found: string, cloud: Cloud): number {
  const key = rule.names?.[cloud] ?? (cloud === "gcp" ? rule.name.toLowerCase() : rule.name);
  const aliases = (rule.aliases ?? []).map((alias) =>
    cloud === "gcp" ? alias.toLowerCase() : alias,
  );
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  if (found === key) return 0;
  if (cloud === "azure" && same(found, key)) return 1;
  if (aliases.some((alias) => alias === found || (cloud === "azure" && same(alias, found))))
    return 2;
  const loose = document.tag_naming_rules?.case_sensitivity === false;
  return loose && [key, rule.name, ...aliases].some((one) => same(one, found)) ? 3 : -1;
}

function find(
  document: PolicyDocument,
  rule: Named,
  tags: readonly Tag[],
  cloud: Cloud,
): Tag | undefined {
  const text = (tag: Tag): string => `${rank(document, rule, tag.key, cloud)} ${tag.key}`;
  return tags
    .filter(({ key }) => rank(document, rule, key, cloud) >= 0)
    .toSorted((a, b) => (text(a) < text(b) ? -1 : 1))[0];
}

type Same = (a: string, b: string) => boolean;

function satisfies(rule: TagRule, value: string, cloud: Cloud): boolean {
  const same: Same = (a, b) =>
    rule.case_sensitive ? a === b : a.toLowerCase() === b.toLowerCase();
  const list = rule.allowed_values;
  const map = Object.entries(rule.value_map?.[cloud] ?? {});
  const onCloud = (one: string): string => map.find(([from]) => from === one)?.[1] ?? one;
  const literals = (list ?? []).filter((one) => !one.includes("*"));
  // A value in the list is that value; anything else is read back through the map.
  const listed = literals.find((one) => same(onCloud(one), value));
  if (value.trim() === "") return listed !== undefined;
  const canonical = listed ?? map.find(([, mapped]) => same(mapped, value))?.[0] ?? value;
  const fits = (one: string): boolean => one.includes("*") && globs(one, canonical, same);
  const isAllowed = list === undefined || listed !== undefined || list.some(fits);
  return isAllowed && matches(rule, canonical);
}

function matches({ validation_regex, case_sensitive }: TagRule, value: string): boolean {
  if (validation_regex === undefined) return true;
  return new RegExp(`^(?:${validation_regex})$`, case_sensitive ? "" : "i").test(value);
}

function globs(pattern: string, value: string, same: Same): boolean {
  const [before = "", after = ""] = pattern.split("*");
  return (
    value.length >= before.length + after.length &&
    same(value.slice(0, before.length), before) &&
    same(value.slice(value.length - after.length), after)
  );
}

function holds(
  document: PolicyDocument,
  rule: TagRule,
  tags: readonly Tag[],
  cloud: Cloud,
): boolean {
  const condition = rule.when;
  if (condition === undefined) return true;
  const watched =
    [...document.required_tags, ...document.optional_tags].find(
      ({ name }) => name === condition.tag,
    ) ?? null;
  const tag = find(document, watched ?? { name: condition.tag }, tags, cloud);
  if ("present" in condition) return (tag !== undefined) === condition.present;
  if (tag === undefined) return false;
  return fulfils(condition, watched, tag.value, cloud);
}

type ValueCondition = Exclude<NonNullable<TagRule["when"]>, { present: boolean }>;

function fulfils(
  condition: ValueCondition,
  watched: TagRule | null,
  found: string,
  cloud: Cloud,
): boolean {
  const fold = (text: string): string =>
    watched?.case_sensitive === false ? text.toLowerCase() : text;
  const back = Object.entries(watched?.value_map?.[cloud] ?? {}).find(
    ([, mapped]) => fold(mapped) === fold(found),
  );
  const value = fold(back?.[0] ?? found);
  if ("equals" in condition) return value === fold(condition.equals);
  if ("in" in condition) return condition.in.map(fold).includes(value);
  return !condition.not_in.map(fold).includes(value);
}
