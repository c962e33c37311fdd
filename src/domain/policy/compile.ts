import type { Cloud } from "../cloud.ts";
import type { Judge } from "../compliance/violation.ts";
import type { Resource } from "../resource.ts";
import type { ResourceTypeCatalogue, TagLimit } from "../resource-type.ts";
import { BoundedMemo } from "./bounded-memo.ts";
import { type CloudRules, compileCloudRules } from "./cloud-rules.ts";
import { Evaluation, type RuleNames } from "./evaluation.ts";
import { type CloudExemption, compileExemption } from "./exemption.ts";
import type { LintFinding } from "./lint-finding.ts";
import { compileNaming, type NamingRule } from "./naming-rule.ts";
import type { ParsedPolicy } from "./parse.ts";
import { lineOfPath } from "../source/source-text.ts";
import { buildProgram, type Program } from "./program.ts";
import type { PolicyDocument } from "./schema.ts";
import { inScope } from "./type-scope.ts";

/** A policy ready to judge: built once, then used for every resource. */
export interface CompiledPolicy extends Judge {
  readonly document: PolicyDocument;
  readonly lint: readonly LintFinding[];
  /** 1-based line of the file for a violation's `rule`; null when the policy had no text. */
  lineOf(rule: string): number | null;
  /** The whole-resource or tag exemption that ends first among those in force for a resource, or null. */
  exemptionOf(resource: Resource, atMs: number): ExemptionInForce | null;
  readonly catalogue: ResourceTypeCatalogue;
  /** The program that judges resources of a type; for `explain`. */
  programFor(cloud: Cloud, type: string): Program;
}

export interface ExemptionInForce {
  /** `exemptions[0]` */
  readonly rule: string;
  readonly reason: string;
  readonly owner: string;
  /** Epoch milliseconds of the first instant it no longer holds. */
  readonly endsMs: number;
}

interface CloudParts {
  readonly rules: CloudRules;
  readonly exemptions: readonly CloudExemption[];
  /** Naming rules for a type, as far as it differs from others of the cloud. */
  readonly namingFor: (limit: TagLimit | undefined) => NamingRule;
  readonly byRules: Map<string, Program>;
}

/** Pure but for memory of what it has seen, which is bounded and changes no answer. */
export function compilePolicy(
  parsed: ParsedPolicy,
  catalogue: ResourceTypeCatalogue,
): CompiledPolicy {
  const { document } = parsed;
  const programs = {
    aws: programsByType(document, "aws", catalogue),
    azure: programsByType(document, "azure", catalogue),
    gcp: programsByType(document, "gcp", catalogue),
  } satisfies Record<Cloud, BoundedMemo<Program>>;
  const names = prohibitedNames(document);
  const programFor = (cloud: Cloud, type: string): Program => programs[cloud].get(type);
  const evaluation = new Evaluation();
  return {
    policyHash: parsed.hash,
    document,
    lint: parsed.lint,
    catalogue,
    programFor,
    lineOf: (rule) => lineOfPath(parsed.lines, rule),
    judge: (resource, atMs) =>
      evaluation.judge(programFor(resource.cloud, resource.type), resource, atMs, names),
    exemptionOf: (resource, atMs) =>
      firstToEnd(evaluation, programFor(resource.cloud, resource.type), resource, atMs),
  };
}

function programsByType(
  document: PolicyDocument,
  cloud: Cloud,
  catalogue: ResourceTypeCatalogue,
): BoundedMemo<Program> {
  const parts = compileCloud(document, cloud);
  return new BoundedMemo((type) => chooseProgram(parts, cloud, type, catalogue));
}

function compileCloud(document: PolicyDocument, cloud: Cloud): CloudParts {
  return {
    rules: compileCloudRules(document, cloud),
    namingFor: (limit) => compileNaming(document.tag_naming_rules, cloud, limit),
    exemptions: document.exemptions
      .map((source, at) => compileExemption(source, `exemptions[${at}]`, cloud))
      .filter(({ source }) => source.match.cloud === undefined || source.match.cloud === cloud),
    byRules: new Map(),
  };
}

/** Types with the same applicable rules share a program, and with it what the program has learnt. */
function chooseProgram(
  parts: CloudParts,
  cloud: Cloud,
  type: string,
  catalogue: ResourceTypeCatalogue,
): Program {
  const facts = catalogue.find(cloud, type);
  const taggable = facts?.taggable !== false;
  const rules = parts.rules.rules.filter(
    (rule) => taggable && inScope(rule.source.applies_to, cloud, type, catalogue),
  );
  const prohibitions = parts.rules.prohibitions.filter(({ source }) =>
    inScope(source.applies_to, cloud, type, catalogue),
  );
  const exemptions = parts.exemptions.filter(({ source }) => {
    const wanted = source.match.resource_type;
    return wanted === undefined || inScope([wanted], cloud, type, catalogue);
  });
  const paths = [...rules, ...prohibitions, ...exemptions].map(({ path }) => path);
  const signature = [...paths, JSON.stringify(facts?.tagLimit ?? {})].join(" ");
  let program = parts.byRules.get(signature);
  if (program === undefined) {
    const { watch } = parts.rules;
    const naming = parts.namingFor(facts?.tagLimit);
    program = buildProgram({ cloud, rules, prohibitions, exemptions, naming, watch });
    parts.byRules.set(signature, program);
  }
  return program;
}

function prohibitedNames(document: PolicyDocument): RuleNames {
  return new Map(document.prohibited_tags.map(({ name }, at) => [`prohibited_tags[${at}]`, name]));
}

function firstToEnd(
  evaluation: Evaluation,
  program: Program,
  resource: Resource,
  atMs: number,
): ExemptionInForce | null {
  if (resource.tags === null) return null;
  evaluation.read(program, resource.tags);
  const [first] = evaluation
    .matchingExemptions(program, resource)
    .map(({ exemption }) => exemption)
    .filter(({ endsMs }) => atMs < endsMs)
    .toSorted((a, b) => a.endsMs - b.endsMs);
  if (first === undefined) return null;
  const { reason, owner } = first.source;
  return { rule: first.path, reason, owner, endsMs: first.endsMs };
}
