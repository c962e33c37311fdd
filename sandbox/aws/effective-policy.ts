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
export type TagPolicyDocument = z.output<typeof tagPolicyDocument>;

const LISTS = ["tag_value", "enforced_for", "report_required_tag_for"] as const;
type EffectiveRule = { tag_key: string } & Partial<Record<(typeof LISTS)[number], string[]>>;

/**
 * What holds for an account, given the documents on its way down from the root. As AWS answers it: no
 * operators, policy keys in lower case, `*` where any value is allowed.
 */
export function effectivePolicy(documents: readonly TagPolicyDocument[]): {
  readonly tags: Readonly<Record<string, EffectiveRule>>;
} {
  const tags: Record<string, EffectiveRule> = {};
  for (const document of documents)
    for (const [policyKey, own] of Object.entries(document.tags)) {
      const key = policyKey.toLowerCase();
      const merged = (tags[key] ??= { tag_key: key });
      merged.tag_key = own.tag_key?.["@@assign"] ?? merged.tag_key;
      for (const list of LISTS) {
        const change = own[list];
        if (change !== undefined) merged[list] = changed(merged[list] ?? [], change);
      }
    }
  for (const merged of Object.values(tags)) merged.tag_value ??= ["*"];
  return { tags };
}

function changed(inherited: readonly string[], change: z.output<typeof setOfValues>): string[] {
  const assigned = change["@@assign"] ?? inherited;
  const removed = change["@@remove"] ?? [];
  return [...new Set([...assigned, ...(change["@@append"] ?? [])])].filter(
    (value) => !removed.includes(value),
  );
}
