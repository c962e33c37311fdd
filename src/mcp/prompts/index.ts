import type { DepsFor } from "../define.ts";
import type { AnyPrompt } from "../define-prompt.ts";
import executiveTaggingReport from "./executive-tagging-report.ts";
import fixCommonViolations from "./fix-common-violations.ts";
import monthlyComplianceAudit from "./monthly-compliance-audit.ts";

/** Every prompt, in the order they are listed. A test compares this list with the files beside it. */
export const prompts = [
  monthlyComplianceAudit,
  fixCommonViolations,
  executiveTaggingReport,
] as const satisfies readonly AnyPrompt[];

/** What the prompts need of the application. */
export type PromptDeps = DepsFor<(typeof prompts)[number]["getter"][]>;
