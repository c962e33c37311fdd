import type { Verdict, Violation } from "../compliance/violation.ts";
import type { Resource } from "../resource.ts";
import type { CompiledPolicy } from "./compile.ts";
import { Evaluation } from "./evaluation.ts";
import type { Program } from "./program.ts";
import type { PolicyDocument, ProhibitedTag, TagRule } from "./schema.ts";
import { inScope } from "./type-scope.ts";

/** Why a rule was or was not held against a resource. */
export const RULE_OUTCOMES = [
  "satisfied",
  "broken",
  /** An optional or prohibited tag that is not there. */
  "absent",
  "type_out_of_scope",
  "type_not_taggable",
  "condition_not_met",
  "tags_unknown",
] as const;
export type RuleOutcome = (typeof RULE_OUTCOMES)[number];

export interface RuleExplanation {
  /** `required_tags[0]` */
  readonly rule: string;
  readonly line: number | null;
  readonly list: "required_tags" | "optional_tags" | "prohibited_tags";
  readonly name: string;
  readonly applied: boolean;
  readonly outcome: RuleOutcome;
  /** The outcome in a sentence made of our words and the policy's. */
  readonly why: string;
}

export interface ViolationExplanation extends Violation {
  readonly line: number | null;
  /** What would satisfy the rule, in a sentence made of our words and the policy's. */
  readonly fix: string;
}

export interface ExemptionExplanation {
  /** `exemptions[0]` */
  readonly rule: string;
  readonly line: number | null;
  readonly state: "in_force" | "expired";
  /** Tags it is limited to; null when it is about the whole resource. */
  readonly tags: readonly string[] | null;
  readonly reason: string;
  readonly owner: string;
  /** Epoch milliseconds of the first instant it does not hold. */
  readonly endsMs: number;
}

export interface Explanation {
  readonly verdict: Verdict;
  readonly policyHash: string;
  /** Every rule of the policy, in policy order. */
  readonly rules: readonly RuleExplanation[];
  /** What no exemption waives, as the judge reports it. */
  readonly violations: readonly ViolationExplanation[];
  /** Every exemption that matches the resource, expired ones named as such. */
  readonly exemptions: readonly ExemptionExplanation[];
}

/** The whole reasoning behind one judgement. Pure; slower than `judge`, which it agrees with. */
export function explain(policy: CompiledPolicy, resource: Resource, atMs: number): Explanation {
  const { verdict, violations } = policy.judge(resource, atMs);
  const program = policy.programFor(resource.cloud, resource.type);
  const evaluation = new Evaluation();
  if (resource.tags !== null) evaluation.read(program, resource.tags);
  // Judged without exemptions, so that a waived rule is still seen as broken.
  const all = resource.tags === null ? [] : evaluation.everythingBroken(program);
  // Another spelling of a key is reported, but satisfies the rule.
  const broken = new Set(
    all.filter(({ kind }) => kind !== "key_variant").map(({ rule }) => ruleOf(rule)),
  );
  const facts: Facts = { policy, resource, program, evaluation, broken };
  return {
    verdict,
    policyHash: policy.policyHash,
    rules: explainRules(facts),
    violations: violations.map((violation) =>
      Object.assign({}, violation, { line: policy.lineOf(violation.rule), fix: fixOf(violation) }),
    ),
    exemptions: resource.tags === null ? [] : explainExemptions(facts, atMs),
  };
}

interface Facts {
  readonly policy: CompiledPolicy;
  readonly resource: Resource;
  readonly program: Program;
  readonly evaluation: Evaluation;
  /** Paths of the rules that the resource breaks. */
  readonly broken: ReadonlySet<string>;
}

/** `required_tags[0].allowed_values` is a line of `required_tags[0]`. */
const ruleOf = (path: string): string => path.split(".")[0] ?? path;

function explainRules(facts: Facts): readonly RuleExplanation[] {
  const { document } = facts.policy;
  return (["required_tags", "optional_tags", "prohibited_tags"] as const).flatMap((list) =>
    document[list].map((source, at): RuleExplanation => {
      const rule = `${list}[${at}]`;
      const outcome = outcomeOf(facts, rule, source, list);
      return {
        rule,
        line: facts.policy.lineOf(rule),
        list,
        name: source.name,
        applied: outcome === "satisfied" || outcome === "broken" || outcome === "absent",
        outcome,
        why: whyOf(outcome, list),
      };
    }),
  );
}

function outcomeOf(
  { policy, resource, program, evaluation, broken }: Facts,
  path: string,
  source: TagRule | ProhibitedTag,
  list: keyof PolicyDocument,
): RuleOutcome {
  const { cloud, type } = resource;
  if (!inScope(source.applies_to, cloud, type, policy.catalogue)) return "type_out_of_scope";
  if (list === "prohibited_tags") {
    if (resource.tags === null) return "tags_unknown";
    return broken.has(path) ? "broken" : "absent";
  }
  const slot = program.rules.findIndex(({ rule }) => rule.path === path);
  if (slot < 0) return "type_not_taggable";
  if (resource.tags === null) return "tags_unknown";
  if (!evaluation.applies(program, slot)) return "condition_not_met";
  if (broken.has(path)) return "broken";
  return evaluation.valueOf(program, slot) === null ? "absent" : "satisfied";
}

function whyOf(outcome: RuleOutcome, list: RuleExplanation["list"]): string {
  const sentences: Readonly<Record<RuleOutcome, string>> = {
    satisfied: "The tag is there and its value is right.",
    broken: "The resource breaks this rule; see the violations and exemptions.",
    absent:
      list === "prohibited_tags" ? "The tag is not there." : "The tag is optional and not there.",
    type_out_of_scope: "applies_to leaves out this resource type or cloud.",
    type_not_taggable: "Resources of this type cannot carry tags.",
    condition_not_met: "The condition under when does not hold for this resource.",
    tags_unknown: "The tags of the resource could not be read.",
  };
  return sentences[outcome];
}

function fixOf({ kind, expected, suggestion, tag }: Violation): string {
  const meant = suggestion === null ? "" : ` Probably meant: ${JSON.stringify(suggestion)}.`;
  switch (kind) {
    case "missing_required_tag":
      return suggestion === null
        ? `Add ${expected}.`
        : `Add ${expected}; the key ${JSON.stringify(suggestion)} on the resource looks like it.`;
    case "key_variant":
      return `Move the value to ${expected}.`;
    case "prohibited_tag":
      return `Remove the tag; the policy wants ${expected}.`;
    case "naming_rule":
      return `Change it to ${expected}.`;
    case "empty_value":
    case "invalid_value":
    case "invalid_format":
    case "value_variant":
      return `Set ${JSON.stringify(tag)} to ${expected}.${meant}`;
    default:
      return kind satisfies never;
  }
}

function explainExemptions(facts: Facts, atMs: number): readonly ExemptionExplanation[] {
  const { evaluation, program, resource, policy } = facts;
  return evaluation.matchingExemptions(program, resource).map(({ exemption }) => ({
    rule: exemption.path,
    line: policy.lineOf(exemption.path),
    state: atMs < exemption.endsMs ? "in_force" : "expired",
    tags: exemption.source.tags ?? null,
    reason: exemption.source.reason,
    owner: exemption.source.owner,
    endsMs: exemption.endsMs,
  }));
}
