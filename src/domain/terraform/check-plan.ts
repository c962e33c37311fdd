import { complianceScore } from "../compliance/score.ts";
import type { Judge, Judgement, Severity, Verdict, Violation } from "../compliance/violation.ts";
import type { Resource } from "../resource.ts";
import type { PlanAction, PlannedResource, TerraformPlan } from "./plan.ts";
import type { PlannedTags } from "./planned-tags.ts";

/** `not_taggable`: the resource has nowhere to put tags, so there is nothing to judge. */
export type PlanVerdict = Verdict | "not_taggable";

export interface CheckedResource {
  readonly address: string;
  readonly cloud: PlannedResource["cloud"];
  readonly terraformType: string;
  readonly name: string;
  /** The native type the rules were chosen by; the Terraform type where it is not known. */
  readonly type: string;
  readonly action: PlanAction;
  /** `unknown`: nothing is broken as far as the plan tells, and it does not tell everything. */
  readonly verdict: PlanVerdict;
  readonly violations: readonly Violation[];
  /** Tags of rules that can only be judged after apply. */
  readonly unknownAtPlan: readonly string[];
}

export interface PlanCheck {
  readonly policyHash: string;
  readonly terraformVersion: string;
  readonly resources: readonly CheckedResource[];
  readonly counts: Readonly<Record<PlanVerdict, number>>;
  readonly violations: Readonly<Record<Severity, number>>;
  /** Compliant share of those judged; null when none was. */
  readonly score: number | null;
  /** Resources of other providers, destroyed ones and data sources. */
  readonly skipped: number;
}

export interface CheckPlanOptions {
  /** Judge what the plan leaves as it is, too. */
  readonly unchanged: boolean;
  /** Epoch milliseconds, for exemptions that expire. */
  readonly atMs: number;
}

/** Stands for a value that is only known after apply. No cloud accepts it, so it is never a real one. */
const UNKNOWN_VALUE = "\u{0}known after apply";
const SENSITIVE = "(sensitive)";

/**
 * Holds a Terraform plan against a policy before anything is created. Account and Region are not part of
 * a plan, so exemptions that name one do not match here.
 */
export function checkPlan(judge: Judge, plan: TerraformPlan, options: CheckPlanOptions): PlanCheck {
  const resources = plan.resources
    .filter(({ action }) => options.unchanged || action !== "no_op")
    .map((resource) => check(judge, resource, options.atMs));
  const counts = countBy(resources);
  const violations = resources.flatMap((resource) => resource.violations);
  return {
    policyHash: judge.policyHash,
    terraformVersion: plan.terraformVersion,
    resources,
    counts,
    violations: {
      error: violations.filter(({ severity }) => severity === "error").length,
      warning: violations.filter(({ severity }) => severity === "warning").length,
    },
    score: complianceScore(counts.compliant, counts.non_compliant),
    skipped: plan.skipped,
  };
}

function check(judge: Judge, planned: PlannedResource, atMs: number): CheckedResource {
  const { address, cloud, terraformType, name, type, action, tags } = planned;
  const known = { address, cloud, terraformType, name, type, action };
  if (tags === undefined)
    return { ...known, verdict: "not_taggable", violations: [], unknownAtPlan: [] };
  const judgement = judge.judge(asResource(planned, tags), atMs);
  const { broken, undecided } = split(judgement, tags);
  return {
    ...known,
    verdict: verdictOf(judgement.verdict, broken, undecided),
    violations: broken.map((violation) => withoutSecrets(violation, tags)),
    unknownAtPlan: undecided,
  };
}

function asResource(planned: PlannedResource, tags: PlannedTags): Resource {
  const unknown = tags.unknownKeys.map((key) => ({ key, value: UNKNOWN_VALUE }));
  const { cloud, type, address } = planned;
  return {
    cloud,
    type,
    id: address,
    account: "",
    region: "",
    tags: [...tags.known, ...unknown],
    createdAt: null,
  };
}

/** A rule that fails only because the plan does not tell a value, or a key, is not broken. */
function split(
  { violations }: Judgement,
  tags: PlannedTags,
): { readonly broken: readonly Violation[]; readonly undecided: readonly string[] } {
  const isUndecided = ({ kind, actual }: Violation): boolean =>
    actual === UNKNOWN_VALUE || (kind === "missing_required_tag" && tags.mayHoldMore);
  return {
    broken: violations.filter((violation) => !isUndecided(violation)),
    undecided: [...new Set(violations.filter(isUndecided).map(({ tag }) => tag))],
  };
}

function verdictOf(
  judged: Verdict,
  broken: readonly Violation[],
  undecided: readonly string[],
): Verdict {
  if (broken.some(({ severity }) => severity === "error")) return "non_compliant";
  if (undecided.length > 0) return "unknown";
  return judged;
}

function withoutSecrets(violation: Violation, { known, sensitiveKeys }: PlannedTags): Violation {
  const secret = known.some(
    ({ key, value }) => sensitiveKeys.includes(key) && value === violation.actual,
  );
  return secret ? { ...violation, actual: SENSITIVE, suggestion: null } : violation;
}

function countBy(resources: readonly CheckedResource[]): Readonly<Record<PlanVerdict, number>> {
  const counts = {
    compliant: 0,
    non_compliant: 0,
    exempt: 0,
    unknown: 0,
    out_of_scope: 0,
    not_taggable: 0,
  };
  for (const { verdict } of resources) counts[verdict] += 1;
  return counts;
}
