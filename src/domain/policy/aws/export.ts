import type { ResourceTypeCatalogue } from "../../resource-type.ts";
import type { LossyNote } from "../lossy.ts";
import type { PolicyDocument, ProhibitedTag, TagRule } from "../schema.ts";
import { scopeTexts } from "../type-scope.ts";
import { expand } from "./convert.ts";
import { documentNotes, LOST, ruleNotes } from "./export-notes.ts";
import { awsAcceptsTypeText, readTypeText, type TypeField } from "./service-catalogue.ts";

/** A tag policy as people write it: every leaf assigned. */
export interface OperatorRule {
  readonly tag_key: { readonly "@@assign": string };
  readonly tag_value?: { readonly "@@assign": readonly string[] };
  readonly enforced_for?: { readonly "@@assign": readonly string[] };
  readonly report_required_tag_for?: { readonly "@@assign": readonly string[] };
}

export interface ExportedTagPolicy {
  readonly content: { readonly tags: Readonly<Record<string, OperatorRule>> };
  /** JSON for CreatePolicy; indented unless that alone would pass AWS's limit. */
  readonly text: string;
  readonly lossy: readonly LossyNote[];
}

/** AWS Organizations quotas: white space counts. */
const MAX_DOCUMENT_LENGTH = 10_000;

/**
 * Our policy as an AWS tag policy. Required tags become `report_required_tag_for`; `enforced_for` appears
 * only where the policy was imported with it, because it makes AWS refuse calls.
 * @param catalogue expands categories and "all types" to the AWS types this build knows.
 */
export function exportTagPolicy(
  policy: PolicyDocument,
  catalogue: ResourceTypeCatalogue,
): ExportedTagPolicy {
  const exporter = new Exporter(policy, catalogue);
  policy.required_tags.forEach((rule, at) => exporter.tag(rule, `required_tags[${at}]`, true));
  policy.optional_tags.forEach((rule, at) => exporter.tag(rule, `optional_tags[${at}]`, false));
  policy.prohibited_tags.forEach((rule, at) => exporter.prohibit(rule, `prohibited_tags[${at}]`));
  const content = { tags: Object.fromEntries(exporter.tags) };
  const indented = JSON.stringify(content, null, 2);
  const text = indented.length <= MAX_DOCUMENT_LENGTH ? indented : JSON.stringify(content);
  const lossy = [...documentNotes(policy), ...exporter.lossy];
  if (text.length > MAX_DOCUMENT_LENGTH) lossy.push({ path: "", ...LOST.tooLong });
  return { content, text, lossy };
}

class Exporter {
  readonly tags = new Map<string, OperatorRule>();
  readonly lossy: LossyNote[] = [];
  readonly #keys = new Set<string>();
  readonly #policy: PolicyDocument;
  readonly #catalogue: ResourceTypeCatalogue;

  constructor(policy: PolicyDocument, catalogue: ResourceTypeCatalogue) {
    this.#policy = policy;
    this.#catalogue = catalogue;
  }

  tag(rule: TagRule, path: string, required: boolean): void {
    const scope = scopeTexts(rule.applies_to, "aws");
    if (!this.#isExpressible(rule, scope, path)) return;
    this.lossy.push(...ruleNotes(rule, path));
    if (!required) this.#noteScope(scope, path);
    const onAws = new Map(Object.entries(rule.value_map?.aws ?? {}));
    const values = rule.allowed_values?.map((value) => onAws.get(value) ?? value);
    const reported = required
      ? this.#requiredTypes(rule, scope ?? [], path)
      : emptyOrAbsent(this.#originalTypes(rule.name)?.report_required_tag_for);
    this.#put(rule, values, reported);
  }

  prohibit(rule: ProhibitedTag, path: string): void {
    const scope = scopeTexts(rule.applies_to, "aws");
    if (!this.#isExpressible(rule, scope, path)) return;
    this.#noteScope(scope, path);
    if (rule.severity === "warning")
      this.lossy.push({ path: `${path}.severity`, ...LOST.severity });
    this.#put(rule, [], this.#originalTypes(rule.name)?.report_required_tag_for);
  }

  #put(
    rule: TagRule | ProhibitedTag,
    values: readonly string[] | undefined,
    reported: readonly string[] | undefined,
  ): void {
    const enforced = this.#originalTypes(rule.name)?.enforced_for;
    this.#noteRefused(enforced, "enforced_for", rule.name);
    this.#noteRefused(reported, "report_required_tag_for", rule.name);
    const key = rule.names?.aws ?? rule.name;
    this.tags.set(key, {
      tag_key: { "@@assign": key },
      ...(values === undefined ? {} : { tag_value: { "@@assign": values } }),
      ...(enforced === undefined ? {} : { enforced_for: { "@@assign": enforced } }),
      ...(reported === undefined ? {} : { report_required_tag_for: { "@@assign": reported } }),
    });
  }

  #noteScope(scope: readonly string[] | null, path: string): void {
    if (scope === null || scope.length === 0) return;
    this.lossy.push({ path: `${path}.applies_to`, ...LOST.optionalScope });
  }

  /** A rule of other clouds only, and a second rule for a key, have no place in a tag policy. */
  #isExpressible(
    rule: TagRule | ProhibitedTag,
    scope: readonly string[] | null,
    path: string,
  ): boolean {
    const folded = (rule.names?.aws ?? rule.name).toLowerCase();
    if (scope === null) this.lossy.push({ path, ...LOST.otherCloud });
    else if (this.#keys.has(folded)) this.lossy.push({ path, ...LOST.secondRule });
    else {
      this.#keys.add(folded);
      return true;
    }
    return false;
  }

  #originalTypes(name: string): OriginalTypes | undefined {
    const types = this.#policy.provenance?.aws_tag_policy?.types ?? {};
    return Object.hasOwn(types, name) ? types[name] : undefined;
  }

  /** The texts AWS had, if they still say what the rule says; else the rule's types one by one. */
  #requiredTypes(
    rule: TagRule,
    scope: readonly string[],
    path: string,
  ): readonly string[] | undefined {
    const original = this.#originalTypes(rule.name);
    if (original !== undefined && this.#stillSays(original, scope)) {
      return original.report_required_tag_for;
    }
    const everything = scope.length === 0 || scope.some((text) => text.toLowerCase() === "all");
    if (everything) this.lossy.push({ path: `${path}.applies_to`, ...LOST.everyType });
    const wanted = everything ? ["all"] : scope;
    const types = new Set(wanted.flatMap((text) => this.#awsTypes(text, `${path}.applies_to`)));
    return types.size === 0 ? undefined : [...types].toSorted();
  }

  #stillSays(original: OriginalTypes, scope: readonly string[]): boolean {
    const enforcedToo = this.#policy.provenance?.aws_tag_policy?.require_enforced === true;
    const reported = expand(original.report_required_tag_for, "report_required_tag_for");
    const enforced = enforcedToo ? expand(original.enforced_for, "enforced_for") : [];
    const types = new Set([...reported, ...enforced]);
    return types.size > 0 && types.symmetricDifference(new Set(scope)).size === 0;
  }

  /** Types AWS can report on that a native id, a category or `all` of the policy stands for. */
  #awsTypes(text: string, path: string): readonly string[] {
    const wanted = text.toLowerCase();
    const known = this.#catalogue.all.filter(
      (type) => type.cloud === "aws" && (wanted === "all" || type.category === wanted),
    );
    const ids = known.length > 0 ? known.map((type) => type.id) : [text];
    return ids.flatMap((id) => {
      const { kind, types } = readTypeText(id, "report_required_tag_for");
      if (kind === "type" || kind === "all_supported") return types;
      this.lossy.push({ path, ...LOST.type, value: id });
      return [];
    });
  }

  #noteRefused(texts: readonly string[] | undefined, field: TypeField, name: string): void {
    for (const text of texts ?? []) {
      if (awsAcceptsTypeText(text, field)) continue;
      this.lossy.push({ path: `tags.${name}.${field}`, ...LOST.refusedText, value: text });
    }
  }
}

/** An explicit "required nowhere" stays; types of a rule that has since become optional do not. */
function emptyOrAbsent(texts: readonly string[] | undefined): readonly string[] | undefined {
  return texts?.length === 0 ? texts : undefined;
}

interface OriginalTypes {
  readonly enforced_for?: readonly string[] | undefined;
  readonly report_required_tag_for?: readonly string[] | undefined;
}
