import type { Violation } from "../../domain/compliance/violation.ts";
import type { CheckedResource, PlanCheck } from "../../domain/terraform/check-plan.ts";
import type { SourceLocation } from "../../domain/terraform/source-blocks.ts";

/** A check with the places of its resources in the source, as far as they are known. */
export interface LocatedCheck {
  readonly check: PlanCheck;
  /** Undefined when no block, or more than one, has the resource's type and name. */
  readonly locate: (resource: CheckedResource) => SourceLocation | undefined;
  /** The file the plan was read from. */
  readonly planFile: string;
}

/** One sentence of what is wrong and what would be right. */
export function violationText({ kind, tag, expected, actual, suggestion }: Violation): string {
  const found = actual === null ? "" : `, found ${JSON.stringify(actual)}`;
  const meant = suggestion === null ? "" : ` (did you mean ${JSON.stringify(suggestion)}?)`;
  return `${kind.replaceAll("_", " ")}: ${tag}${found}; expected ${expected}${meant}`;
}
