import { z } from "zod";
import type { policySchema } from "./schema.ts";

const optionalText = z.string().nullish();
const values = z.array(z.string()).nullish();

/** Schema version 1. Lists and texts may be null, which says the same as leaving them out. */
export const policySchemaV1 = z.strictObject({
  version: z.string().optional(),
  last_updated: optionalText,
  required_tags: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        description: optionalText,
        allowed_values: values,
        validation_regex: optionalText,
        applies_to: values,
      }),
    )
    .nullish(),
  optional_tags: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        description: optionalText,
        allowed_values: values,
      }),
    )
    .nullish(),
  tag_naming_rules: z
    .strictObject({
      case_sensitivity: z.boolean().nullish(),
      allow_special_characters: z.boolean().nullish(),
      max_key_length: z.int().nullish(),
      max_value_length: z.int().nullish(),
    })
    .nullish(),
});
export type PolicyV1 = z.output<typeof policySchemaV1>;

/** What version 2 is read from, before defaults. */
export type PolicyInput = z.input<typeof policySchema>;

/**
 * The same policy in version 2. Positions and field names stay, so line numbers of the version 1
 * file remain right. An empty list of allowed values meant "any" in version 1 and becomes absence.
 */
export function upgradeV1(v1: PolicyV1): PolicyInput {
  return present({
    version: "2.0" as const,
    last_updated: v1.last_updated,
    required_tags: v1.required_tags?.map((rule) => ({
      ...present({ ...rule, allowed_values: filled(rule.allowed_values) }),
      name: rule.name,
    })),
    optional_tags: v1.optional_tags?.map((rule) => ({
      ...present({ ...rule, allowed_values: filled(rule.allowed_values) }),
      name: rule.name,
    })),
    tag_naming_rules: v1.tag_naming_rules ? present(v1.tag_naming_rules) : undefined,
  });
}

const filled = (list: readonly string[] | null | undefined): string[] | undefined =>
  list && list.length > 0 ? [...list] : undefined;

/** What is left when null and undefined fields are dropped. */
type Present<T> = {
  [K in keyof T as null extends T[K] ? never : undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as null extends T[K] ? K : undefined extends T[K] ? K : never]?: NonNullable<T[K]>;
};

function present<T extends object>(object: T): Present<T> {
  const entries = Object.entries(object).filter(
    ([, field]) => field !== null && field !== undefined,
  );
  // The entries are those of `object`, less what `Present` leaves out.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as Present<T>;
}
