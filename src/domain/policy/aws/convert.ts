import { AppError } from "../../errors.ts";
import type { LossyNote } from "../lossy.ts";
import { sealImport, type Sha256 } from "../imported.ts";
import { canonicalJson } from "../parse.ts";
import { type PolicyDocument, policySchema } from "../schema.ts";
import { toIssues } from "../../source/schema-issues.ts";
import type { PolicyInput } from "../upgrade-v1.ts";
import { notesOfReading } from "./convert-notes.ts";
import type { EffectiveTagPolicy, EffectiveTagRule } from "./document.ts";
import { mergeTagPolicies } from "./merge.ts";
import { CATALOGUE, readTypeText, type TypeField } from "./service-catalogue.ts";
import type { ReadTagPolicy } from "./validate.ts";

export interface ConvertOptions {
  /**
   * Reads `enforced_for` as "required on these types". AWS means only "refuse bad values there", so
   * this is the caller's choice, and it is recorded in the policy. Default: false.
   */
  readonly requireEnforced?: boolean;
  /** What was converted, for `provenance.source`. */
  readonly source: ImportSource;
  /** Ids of the AWS policies the content came from; empty for a file. */
  readonly policyIds: readonly string[];
  /** ISO 8601 instant, UTC. */
  readonly importedAt: string;
  readonly sha256: Sha256;
}

/** `aws_effective_policy`: computed by AWS; `aws_merged_policies`: computed by us from attachments. */
export type ImportSource = "aws_tag_policy" | "aws_effective_policy" | "aws_merged_policies";

export interface ConvertedPolicy {
  readonly policy: PolicyDocument;
  /** What the policy could not hold; also kept in `provenance.notes`. */
  readonly lossy: readonly LossyNote[];
}

/**
 * One tag policy as our policy, read as if it alone were attached to the account.
 * @throws {AppError} `policy_invalid` when it holds more than a policy file may (500 tags, say).
 */
export function convertTagPolicy(read: ReadTagPolicy, options: ConvertOptions): ConvertedPolicy {
  const effective = mergeTagPolicies([[read.document]]);
  return convertEffectivePolicy(effective, options, notesOfReading(read, options));
}

/**
 * An effective tag policy as our policy. A key is required where `report_required_tag_for` says so, and
 * otherwise judged where it is present; a key without an acceptable value is prohibited.
 * @param notes what was already lost on the way to `effective`.
 * @throws {AppError} `policy_invalid` when it holds more than a policy file may (500 tags, say).
 */
export function convertEffectivePolicy(
  effective: EffectiveTagPolicy,
  options: ConvertOptions,
  notes: readonly LossyNote[] = [],
): ConvertedPolicy {
  const rules = Object.entries(effective.tags);
  const converted = rules.map(([key, rule]) => convertRule(`tags.${key}`, rule, options));
  const lossy = [...notes, ...converted.flatMap((rule) => rule.lossy), ...keyCaseNotes(converted)];
  const input: PolicyInput = {
    version: "2.0",
    name: "AWS tag policy",
    required_tags: converted.flatMap(({ required }) => required ?? []),
    optional_tags: converted.flatMap(({ optional }) => optional ?? []),
    prohibited_tags: converted.flatMap(({ prohibited }) => prohibited ?? []),
    tag_naming_rules: { case_sensitivity: true },
    provenance: {
      source: options.source,
      ids: [...options.policyIds],
      content_hash: options.sha256(canonicalJson(effective)),
      imported_at: options.importedAt,
      notes: noteTexts(lossy),
      aws_tag_policy: {
        require_enforced: options.requireEnforced === true,
        catalogue: CATALOGUE.version,
        types: Object.fromEntries(rules.flatMap(([, rule]) => typeTexts(rule))),
      },
    },
  };
  return { policy: sealImport(checked(input), options.sha256), lossy };
}

type RuleInput = NonNullable<PolicyInput["required_tags"]>[number];

interface ConvertedRule {
  readonly required?: RuleInput;
  readonly optional?: RuleInput;
  readonly prohibited?: NonNullable<PolicyInput["prohibited_tags"]>[number];
  readonly lossy: readonly LossyNote[];
}

/** Every type of AWS, and no other cloud: an AWS tag policy says nothing about other clouds. */
const ALL_OF_AWS = { aws: [] as string[] };

function convertRule(path: string, rule: EffectiveTagRule, options: ConvertOptions): ConvertedRule {
  const name = rule.tag_key;
  const types = requiredTypes(rule, options);
  const lossy = ruleNotes(path, rule, options);
  if (rule.tag_value.length === 0) {
    const prohibited = { name, applies_to: ALL_OF_AWS };
    if (types.length === 0) return { prohibited, lossy };
    const contradiction = {
      path,
      what: "The key is required and has no acceptable value; it is read as prohibited.",
      why: "No resource could fulfil both.",
    };
    return { prohibited, lossy: [...lossy, contradiction] };
  }
  const values = allowedValues(rule);
  const judged = { name, ...(values === null ? {} : { allowed_values: values }) };
  if (types.length === 0) return { optional: { ...judged, applies_to: ALL_OF_AWS }, lossy };
  const required = { ...judged, applies_to: { aws: [...types] } };
  return { required, lossy: values === null ? lossy : [...lossy, valuesElsewhere(path)] };
}

function valuesElsewhere(path: string): LossyNote {
  return {
    path: `${path}.tag_value`,
    what: "Values are judged on the types that require the tag.",
    why: "AWS also reports bad values on other types that carry the tag.",
  };
}

/** Null when any value will do: AWS says so with `*`. */
function allowedValues(rule: EffectiveTagRule): string[] | null {
  return rule.tag_value.includes("*") ? null : [...new Set(rule.tag_value)];
}

function requiredTypes(rule: EffectiveTagRule, options: ConvertOptions): readonly string[] {
  const reported = expand(rule.report_required_tag_for, "report_required_tag_for");
  const enforced =
    options.requireEnforced === true ? expand(rule.enforced_for, "enforced_for") : [];
  return [...new Set([...reported, ...enforced])].toSorted();
}

/** The resource types that texts of a tag policy stand for, wildcards expanded; sorted, each once. */
export function expand(texts: readonly string[] | undefined, field: TypeField): readonly string[] {
  const types = (texts ?? []).flatMap((text) => readTypeText(text, field).types);
  return [...new Set(types)].toSorted();
}

function ruleNotes(
  path: string,
  rule: EffectiveTagRule,
  options: ConvertOptions,
): readonly LossyNote[] {
  const notes: LossyNote[] = [];
  if ((rule.enforced_for ?? []).length > 0 && options.requireEnforced !== true) {
    notes.push({
      path: `${path}.enforced_for`,
      what: "Kept for export, not judged.",
      why: "AWS refuses bad values on these types when a tag is set; it does not require the tag.",
    });
  }
  if (rule.tag_value.includes("*")) {
    notes.push({
      path: `${path}.tag_value`,
      what: "A blank value is reported.",
      why: "AWS counts an empty value as any value; here a tag that is blank says nothing.",
    });
  }
  return notes;
}

function keyCaseNotes(rules: readonly ConvertedRule[]): readonly LossyNote[] {
  if (rules.every(({ optional }) => optional === undefined)) return [];
  return [
    {
      path: "tags",
      what: "Another letter case of a key that is not required is not reported.",
      why: "AWS counts it as non-compliant; here a key in another case is another key.",
    },
  ];
}

function typeTexts(
  rule: EffectiveTagRule,
): readonly [string, { enforced_for?: string[]; report_required_tag_for?: string[] }][] {
  const { enforced_for: enforced, report_required_tag_for: reported } = rule;
  if (enforced === undefined && reported === undefined) return [];
  const texts = {
    ...(enforced === undefined ? {} : { enforced_for: [...enforced] }),
    ...(reported === undefined ? {} : { report_required_tag_for: [...reported] }),
  };
  return [[rule.tag_key, texts]];
}

/** As many notes as a policy file may hold; the rest is counted. */
const MAX_NOTES = 4_999;

function noteTexts(lossy: readonly LossyNote[]): string[] {
  const texts = lossy.slice(0, MAX_NOTES).map(({ path, what, why }) => `${path}: ${what} ${why}`);
  const more = lossy.length - texts.length;
  return more > 0 ? [...texts, `${more} more`] : texts;
}

function checked(input: PolicyInput): PolicyDocument {
  const parsed = policySchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AppError("policy_invalid", "The AWS tag policy does not fit into a policy file.", {
    hint: "Split it: a policy file holds at most 500 tags of each kind.",
    issues: toIssues(parsed.error.issues, new Map()),
  });
}
