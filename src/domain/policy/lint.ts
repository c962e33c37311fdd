import { z } from "zod";
import { CLOUDS, type Cloud } from "../cloud.ts";
import { AppError } from "../errors.ts";
import { isCloudFormationName, type ResourceTypeCatalogue } from "../resource-type.ts";
import { exemptionEndsMs } from "./exemption.ts";
export type { LintFinding } from "./lint-finding.ts";

import type { Finding, LintContext, LintFinding, PlacedRule } from "./lint-finding.ts";
import { lintKeys } from "./lint-keys.ts";
import { lintTypeLimits } from "./lint-type-limits.ts";
import { lintValues } from "./lint-values.ts";
import { lineOfPath } from "../source/source-text.ts";
import type { AppliesTo, PolicyDocument, ProhibitedTag, TagRule } from "./schema.ts";
import { scopeReaches, scopeTexts } from "./type-scope.ts";

export interface LintOptions {
  readonly catalogue: ResourceTypeCatalogue;
  readonly atMs: number;
  readonly lines: ReadonlyMap<string, number>;
}

const EXPIRY_NOTICE_MS = 30 * 86_400_000;

/** Contradictions and dead rules of a policy, in line order. */
export function lintPolicy(
  document: PolicyDocument,
  { catalogue, atMs, lines }: LintOptions,
): readonly LintFinding[] {
  const known = CLOUDS.filter((cloud) => catalogue.all.some((type) => type.cloud === cloud));
  const context: LintContext = {
    document,
    rules: placedRules(document),
    clouds: known.length === 0 ? CLOUDS : known,
    reaches: (rule, cloud) => scopeReaches(rule.applies_to, cloud, catalogue),
  };
  return [
    ...lintKeys(context),
    ...lintValues(context),
    ...lintConditions(context),
    ...lintTypes(document, catalogue),
    ...lintTypeLimits(context, catalogue),
    ...lintExemptions(context, atMs),
  ]
    .map(
      (finding): LintFinding => Object.assign(finding, { line: lineOfPath(lines, finding.path) }),
    )
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function placedRules(document: PolicyDocument): readonly PlacedRule[] {
  const place = (list: "required_tags" | "optional_tags"): readonly PlacedRule[] =>
    document[list].map((rule, at) => ({
      path: `${list}[${at}]`,
      rule,
      required: list === "required_tags",
    }));
  return [...place("required_tags"), ...place("optional_tags")];
}

/** Conditions that no resource obeying the policy can fulfil. */
function lintConditions({ rules }: LintContext): readonly Finding[] {
  return rules.flatMap(({ path, rule }): readonly Finding[] => {
    const condition = rule.when;
    if (condition === undefined) return [];
    const at = `${path}.when`;
    const watched = rules.find((other) => other.rule.name === condition.tag);
    if (watched === undefined) {
      const message = "The condition reads a tag that the policy does not describe.";
      const hint = "Add the tag to required_tags or optional_tags, or correct its name.";
      return [{ code: "unknown_condition_tag", path: at, severity: "warning", message, hint }];
    }
    if (condition.tag === rule.name) {
      const message = "The condition reads the rule's own tag.";
      const hint = "Name another tag, or remove the condition.";
      return [{ code: "self_condition", path: at, severity: "warning", message, hint }];
    }
    const wanted =
      "equals" in condition ? [condition.equals] : "in" in condition ? condition.in : [];
    const reachable = wanted.some((value) => isAllowed(watched.rule, value));
    if (wanted.length === 0 || reachable) return [];
    const message = "No value of the condition is allowed by the rule of the tag it reads.";
    const hint = "Use values that the other rule allows, or the condition never holds.";
    return [{ code: "unreachable_condition", path: at, severity: "warning", message, hint }];
  });
}

function isAllowed(rule: TagRule, value: string): boolean {
  const fold = (text: string): string => (rule.case_sensitive ? text : text.toLowerCase());
  if (rule.allowed_values === undefined) return true;
  return rule.allowed_values.some((allowed) => {
    const [prefix = "", suffix] = fold(allowed).split("*");
    const folded = fold(value);
    return suffix === undefined
      ? folded === prefix
      : folded.startsWith(prefix) && folded.endsWith(suffix);
  });
}

/** Type texts that stand for nothing in the catalogue. */
function lintTypes(document: PolicyDocument, catalogue: ResourceTypeCatalogue): readonly Finding[] {
  if (catalogue.all.length === 0) return [];
  const scoped = (list: readonly (TagRule | ProhibitedTag)[], name: string): readonly Finding[] =>
    list.flatMap((rule, at) => lintScope(rule.applies_to, `${name}[${at}].applies_to`, catalogue));
  const exempt = document.exemptions.flatMap(({ match }, at) =>
    match.resource_type === undefined
      ? []
      : unknownTypes([match.resource_type], match.cloud ? [match.cloud] : CLOUDS, catalogue).map(
          ({ suggestions }) => unknownType(`exemptions[${at}].match.resource_type`, suggestions),
        ),
  );
  return [
    ...scoped(document.required_tags, "required_tags"),
    ...scoped(document.optional_tags, "optional_tags"),
    ...scoped(document.prohibited_tags, "prohibited_tags"),
    ...exempt,
  ];
}

function lintScope(
  scope: AppliesTo | undefined,
  path: string,
  catalogue: ResourceTypeCatalogue,
): readonly Finding[] {
  if (scope === undefined) return [];
  const parts = Array.isArray(scope)
    ? [{ at: path, texts: scope, clouds: CLOUDS }]
    : CLOUDS.map((cloud) => ({
        at: `${path}.${cloud}`,
        texts: scopeTexts(scope, cloud) ?? [],
        clouds: [cloud],
      }));
  return parts.flatMap(({ at, texts, clouds }) =>
    unknownTypes(texts, clouds, catalogue).map(({ index, suggestions }) =>
      unknownType(`${at}[${index}]`, suggestions),
    ),
  );
}

const suggestionLists = z.record(z.string(), z.array(z.string()));

function unknownTypes(
  texts: readonly string[],
  clouds: readonly Cloud[],
  catalogue: ResourceTypeCatalogue,
): readonly { index: number; suggestions: readonly string[] }[] {
  return texts.flatMap((text, index) => {
    try {
      const ids = catalogue.resolve([text], clouds);
      // A type that only has a CloudFormation name is found under it by questions that name it, not by others.
      return ids.some(isCloudFormationName) ? [{ index, suggestions: [] }] : [];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const details = z.object({ suggestions: suggestionLists }).parse(error.details);
      return [{ index, suggestions: details.suggestions[text] ?? [] }];
    }
  });
}

function unknownType(path: string, suggestions: readonly string[]): Finding {
  const hint =
    suggestions.length > 0
      ? `Did you mean ${suggestions.join(", ")}?`
      : "Use a native type id such as ec2:instance, or a category such as virtual_machine.";
  const message = "No such resource type or category is known; the scope may never match.";
  return { code: "unknown_resource_type", path, severity: "warning", message, hint };
}

function lintExemptions({ document, rules }: LintContext, atMs: number): readonly Finding[] {
  const names = new Set([
    ...rules.map(({ rule }) => rule.name),
    ...document.prohibited_tags.map(({ name }) => name),
  ]);
  return document.exemptions.flatMap((exemption, index): readonly Finding[] => {
    const path = `exemptions[${index}]`;
    const unknown = (exemption.tags ?? []).flatMap((tag, at) => (names.has(tag) ? [] : [at]));
    return [
      ...expiry(`${path}.expires`, exemptionEndsMs(exemption.expires), atMs),
      ...unknown.map((at): Finding => {
        const message = "The exemption names a tag that no rule is about.";
        const hint = "Use the canonical name of a rule, or remove it.";
        const where = `${path}.tags[${at}]`;
        return { code: "unknown_exempt_tag", path: where, severity: "warning", message, hint };
      }),
    ];
  });
}

function expiry(path: string, endsMs: number, atMs: number): readonly Finding[] {
  if (endsMs <= atMs) {
    const message = "The exemption has expired: it waives nothing any more.";
    const hint = "Remove it, or agree on a new date with its owner.";
    return [{ code: "expired_exemption", path, severity: "warning", message, hint }];
  }
  if (endsMs - atMs > EXPIRY_NOTICE_MS) return [];
  const message = "The exemption expires within 30 days.";
  const hint = "Repair the resources before it does, or agree on a new date with its owner.";
  return [{ code: "expiring_exemption", path, severity: "info", message, hint }];
}
