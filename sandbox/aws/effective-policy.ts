import { z } from "zod";

/** Inheritance of tag policies, for documents that use the value-setting operators only. */
const setOfValues = z.strictObject({
  "@@assign": z.array(z.string()).optional(),
  "@@append": z.array(z.string()).optional(),
  "@@remove": z.array(z.string()).optional(),
});
const rule = z.strictObject({
  tag_key: z.strictObject({ "@@assign": z.string() }).optional(),
  tag_value: setOfValues.optional(),
  enforced_for: setOfValues.optional(),
  report_required_tag_for: setOfValues.optional(),
});

/** A tag policy document as its author writes it. */
export const tagPolicyDocument = z.strictObject({ tags: z.record(z.string(), rule) });
type Rule = z.output<typeof rule>;
type ValueChange = z.output<typeof setOfValues>;
export type TagPolicyDocument = z.output<typeof tagPolicyDocument>;

const LISTS = ["tag_value", "enforced_for", "report_required_tag_for"] as const;
type EffectiveRule = { tag_key: string } & Partial<Record<(typeof LISTS)[number], string[]>>;

/**
 * What holds for an account, given the documents attached at each level from the root down to it. On
 * one level the first `@@assign` counts, then every `@@append`, then every `@@remove`. As AWS answers
 * it: no operators, policy keys in lower case, `*` where any value is allowed.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inheritance_mgmt.html
 */
export function effectivePolicy(levels: readonly (readonly TagPolicyDocument[])[]): {
  readonly tags: Readonly<Record<string, EffectiveRule>>;
} {
  const tags: Record<string, EffectiveRule> = {};
  for (const documents of levels)
    for (const [key, rules] of rulesByKey(documents))
      applyLevel((tags[key] ??= { tag_key: key }), rules);
  for (const merged of Object.values(tags)) merged.tag_value ??= ["*"];
  return { tags };
}

function rulesByKey(documents: readonly TagPolicyDocument[]): ReadonlyMap<string, readonly Rule[]> {
  const entries = documents.flatMap(({ tags }) => Object.entries(tags));
  const grouped = Map.groupBy(entries, ([policyKey]) => policyKey.toLowerCase());
  return new Map([...grouped].map(([key, found]) => [key, found.map(([, own]) => own)]));
}

function applyLevel(merged: EffectiveRule, rules: readonly Rule[]): void {
  merged.tag_key = rules.find((own) => own.tag_key)?.tag_key?.["@@assign"] ?? merged.tag_key;
  for (const list of LISTS) {
    const changes = rules.flatMap((own) => own[list] ?? []);
    if (changes.length > 0) merged[list] = changed(merged[list] ?? [], changes);
  }
}

function changed(inherited: readonly string[], changes: readonly ValueChange[]): string[] {
  const assigned = changes.find((change) => change["@@assign"])?.["@@assign"] ?? inherited;
  const appended = changes.flatMap((change) => change["@@append"] ?? []);
  const removed = new Set(changes.flatMap((change) => change["@@remove"] ?? []));
  return [...new Set([...assigned, ...appended])].filter((value) => !removed.has(value));
}
