import type { ViolationKind } from "../../src/domain/compliance/violation.ts";
import type { Defect } from "./defects.ts";
import type { Condition, Truth } from "./types.ts";

/** What each condition makes of a resource, from the planted defect alone. */
const VERDICT_OF: Readonly<Record<Condition, "compliant" | "nonCompliant" | "exempt">> = {
  compliant: "compliant",
  // The policy reads the other spelling as the key and only warns.
  key_variant: "compliant",
  never_tagged: "nonCompliant",
  previously_tagged: "nonCompliant",
  missing_required: "nonCompliant",
  empty_value: "nonCompliant",
  invalid_value: "nonCompliant",
  invalid_format: "nonCompliant",
  value_variant: "nonCompliant",
  prohibited_tag: "nonCompliant",
  exempt: "exempt",
};

/** Counts what was planted, resource by resource; holds nothing but the counters. */
export function countTruth<G extends { readonly count: number }>(
  groups: readonly G[],
  planted: (group: G, index: number) => { readonly condition: Condition; readonly defect: Defect },
): Truth {
  const byCondition = noConditions();
  const byKind = noViolations();
  const verdicts = { compliant: 0, nonCompliant: 0, exempt: 0 };
  let total = 0;
  for (const group of groups) {
    for (let index = 0; index < group.count; index += 1) {
      const { condition, defect } = planted(group, index);
      byCondition[condition] += 1;
      verdicts[VERDICT_OF[condition]] += 1;
      for (const kind of defect.violations) byKind[kind] += 1;
    }
    total += group.count;
  }
  return { total, ...verdicts, byCondition, byKind };
}

const noConditions = (): Record<Condition, number> => ({
  compliant: 0,
  never_tagged: 0,
  previously_tagged: 0,
  missing_required: 0,
  empty_value: 0,
  invalid_value: 0,
  invalid_format: 0,
  key_variant: 0,
  value_variant: 0,
  prohibited_tag: 0,
  exempt: 0,
});

const noViolations = (): Record<ViolationKind, number> => ({
  missing_required_tag: 0,
  empty_value: 0,
  invalid_value: 0,
  invalid_format: 0,
  key_variant: 0,
  value_variant: 0,
  prohibited_tag: 0,
  naming_rule: 0,
});
