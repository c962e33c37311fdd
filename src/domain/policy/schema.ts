import { z } from "zod";
import { CLOUDS } from "../cloud.ts";
import { SEVERITIES } from "../compliance/violation.ts";

/**
 * The tagging policy, schema version 2. Every object is strict: a key that is not described here is
 * refused, because a misspelt key would otherwise be a rule that silently never applies.
 * Upper bounds exist so that a hostile file costs a refusal and not the process.
 */
const text = (max: number) => z.string().min(1).max(max);
const key = () => text(512);
const value = () => z.string().max(1024);

const severity = z
  .enum(SEVERITIES)
  .default("error")
  .describe("Only violations of severity error make a resource non-compliant. Default: error.");

const typeList = (about: string) => z.array(text(256)).max(2000).describe(about);

const appliesTo = z
  .union([
    typeList("Native type ids (ec2:instance) or categories (database). Empty or absent: all."),
    z
      .strictObject({
        aws: typeList("AWS types or categories; empty: all AWS types.").optional(),
        azure: typeList("Azure types or categories; empty: all Azure types.").optional(),
        gcp: typeList("GCP types or categories; empty: all GCP types.").optional(),
      })
      .refine((scope) => CLOUDS.some((cloud) => scope[cloud] !== undefined), {
        error: "Name at least one cloud, or leave applies_to out to mean everything.",
      })
      .meta({
        minProperties: 1,
        description: "Scope per cloud; a cloud that is not named is out of the rule's scope.",
      }),
  ])
  .describe("Which resource types the rule is about. Default: every type of every cloud.");

const names = z
  .strictObject({ aws: key().optional(), azure: key().optional(), gcp: key().optional() })
  .describe(
    "The key in each cloud. Default: the canonical name; for GCP its lossless lower-case mapping (CostCenter: cost_center).",
  );

const valueMap = z
  .strictObject({
    aws: z.record(text(1024), value()).optional(),
    azure: z.record(text(1024), value()).optional(),
    gcp: z.record(text(1024), value()).optional(),
  })
  .describe("Canonical value to the value this cloud holds. Must be injective per cloud.");

const when = z
  .union([
    z
      .strictObject({ tag: key(), equals: value() })
      .describe("The tag is present with this canonical value."),
    z
      .strictObject({ tag: key(), in: z.array(value()).min(1).max(1000) })
      .describe("The tag is present with one of these canonical values."),
    z
      .strictObject({ tag: key(), not_in: z.array(value()).min(1).max(1000) })
      .describe("The tag is present with a value other than these."),
    z
      .strictObject({ tag: key(), present: z.boolean() })
      .describe("The tag is present (true) or absent (false), whatever its value."),
  ])
  .describe("The whole rule holds only for resources whose other tag fulfils this condition.");

const tagRule = z.strictObject({
  name: key().describe(
    "Canonical key: the rule's identity and, by default, the key in each cloud.",
  ),
  description: z.string().max(4000).optional().describe("For people; not judged."),
  allowed_values: z
    .array(value().regex(/^[^*]*(\*[^*]*)?$/))
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'Exact canonical values. "*" at most once per value stands for any text, as in AWS tag policies. Absent: any value that is not blank. List "" to allow an empty value.',
    ),
  validation_regex: text(1000)
    .optional()
    .describe(
      "RE2 syntax, no look-around and no back references. The whole canonical value must match; letter case is ignored when case_sensitive is false.",
    ),
  applies_to: appliesTo.optional(),
  severity,
  names: names.optional(),
  aliases: z
    .array(key())
    .max(200)
    .optional()
    .describe("Other spellings read as this key; each use is reported as key_variant (warning)."),
  value_map: valueMap.optional(),
  case_sensitive: z
    .boolean()
    .default(true)
    .describe("Whether values are compared with letter case. Default: true."),
  when: when.optional(),
});

const prohibitedTag = z.strictObject({
  name: key().describe("The key that must not be used."),
  description: z.string().max(4000).optional().describe("For people; not judged."),
  applies_to: appliesTo.optional(),
  severity,
  names: names.optional(),
});

const namingRules = z
  .strictObject({
    case_sensitivity: z
      .boolean()
      .default(true)
      .describe(
        "Keys. true (default): another case is another key, so the tag is missing. false: it satisfies the rule and is reported as key_variant. Azure keys never differ by case.",
      ),
    allow_special_characters: z
      .boolean()
      .default(true)
      .describe("Keys. false: only letters, digits, space and _ . : / = + - @. Default: true."),
    max_key_length: z.int().min(1).max(512).optional().describe("In characters."),
    max_value_length: z.int().min(1).max(1024).optional().describe("In characters."),
    reserved_prefixes: z
      .array(text(128))
      .max(100)
      .optional()
      .describe(
        "Prefixes people may not use, without regard to case. Tags the provider itself owns are never judged.",
      ),
    max_tags: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("Tags per resource, provider's own apart."),
    severity,
  })
  .describe("Rules for every key on a resource, in the policy or not.");

const exemptionMatch = z
  .strictObject({
    cloud: z.enum(CLOUDS).optional(),
    account: text(256)
      .optional()
      .describe('Account, subscription or project id; "*" matches any text.'),
    region: text(128).optional().describe('"*" matches any text.'),
    resource_type: text(256).optional().describe("Native type id or category."),
    id: text(2048).optional().describe('ARN, Azure id or GCP full name; "*" matches any text.'),
    tags: z
      .record(key(), value())
      .refine((tags) => Object.keys(tags).length > 0, { error: "Name at least one tag." })
      .meta({
        minProperties: 1,
        description: 'Canonical key to canonical value; "*" matches any text. All must hold.',
      })
      .optional(),
  })
  .refine((match) => Object.values(match).some((criterion) => criterion !== undefined), {
    error: "Say what is exempt: an empty match would waive the whole policy.",
  })
  .meta({ minProperties: 1, description: "All criteria given must hold." });

const exemption = z.strictObject({
  match: exemptionMatch,
  tags: z
    .array(key())
    .min(1)
    .max(500)
    .optional()
    .describe(
      "Only violations of these tags are waived. Absent: the resource is exempt as a whole.",
    ),
  reason: text(2000).describe("Why; shown with every exempt resource."),
  owner: text(512).describe("Who answers for it."),
  expires: z
    .union([z.iso.date(), z.iso.datetime()])
    .describe(
      "Date (in force to the end of that day, UTC) or instant (UTC). Afterwards it waives nothing.",
    ),
});

const awsTagPolicyTexts = z
  .strictObject({
    require_enforced: z
      .boolean()
      .describe("Whether the importer asked for enforced_for to be read as required."),
    catalogue: text(64).describe("Edition of AWS's type list that wildcards were expanded with."),
    types: z
      .record(
        text(128),
        z.strictObject({
          enforced_for: typeList("As AWS has it, wildcards included.").optional(),
          report_required_tag_for: typeList("As AWS has it, wildcards included.").optional(),
        }),
      )
      .describe("Tag key to the resource types its AWS rule names, for export back."),
  })
  .describe("What only an AWS tag policy can say. Not judged.");

const provenance = z
  .strictObject({
    source: text(256).describe("What it was imported from, such as aws_organizations."),
    ids: z.array(text(2048)).max(1000).optional().describe("Ids of the documents it was made of."),
    content_hash: text(256).optional().describe("Hash of the imported text."),
    imported_at: z.iso.datetime().optional(),
    notes: z
      .array(z.string().max(4000))
      .max(5000)
      .optional()
      .describe("What this form could not hold, one note each."),
    rules_hash: text(256)
      .optional()
      .describe(
        "Hash of the rules as imported. A file whose rules were edited since is not replaced.",
      ),
    aws_tag_policy: awsTagPolicyTexts.optional(),
  })
  .describe("Where an imported policy came from and what was lost.");

export const policySchema = z
  .strictObject({
    version: z.literal("2.0").describe("Schema version, quoted."),
    name: z.string().max(512).optional(),
    description: z.string().max(4000).optional(),
    last_updated: z.string().max(64).optional().describe("Kept as written; not judged."),
    required_tags: z.array(tagRule).max(500).default([]).describe("Must be present and valid."),
    optional_tags: z.array(tagRule).max(500).default([]).describe("Valid if present."),
    prohibited_tags: z.array(prohibitedTag).max(500).default([]).describe("Must be absent."),
    tag_naming_rules: namingRules.optional(),
    exemptions: z.array(exemption).max(5000).default([]),
    provenance: provenance.optional(),
  })
  .describe("Tagging policy for AWS tags, Azure tags and GCP labels.");

/** A policy after parsing: defaults filled in, version 2 whatever the file was. */
export type PolicyDocument = z.output<typeof policySchema>;
export type TagRule = PolicyDocument["required_tags"][number];
export type ProhibitedTag = PolicyDocument["prohibited_tags"][number];
export type NamingRules = NonNullable<PolicyDocument["tag_naming_rules"]>;
export type Exemption = PolicyDocument["exemptions"][number];
export type Condition = NonNullable<TagRule["when"]>;
export type AppliesTo = NonNullable<TagRule["applies_to"]>;
