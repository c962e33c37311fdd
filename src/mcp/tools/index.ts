import type { AnyTool, DepsFor } from "../define.ts";
import checkCrossCloudConsistency from "./check-cross-cloud-consistency.ts";
import checkCrossAccountCompliance from "./check-cross-account-compliance.ts";
import checkTagCompliance from "./check-tag-compliance.ts";
import detectTagDrift from "./detect-tag-drift.ts";
import exportViolationsCsv from "./export-violations-csv.ts";
import findUntaggedResources from "./find-untagged-resources.ts";
import generateComplianceReport from "./generate-compliance-report.ts";
import getCostAttributionGap from "./get-cost-attribution-gap.ts";
import getTaggingPolicy from "./get-tagging-policy.ts";
import getViolationHistory from "./get-violation-history.ts";
import importAwsTagPolicy from "./import-aws-tag-policy.ts";
import suggestTags from "./suggest-tags.ts";
import validateResourceTags from "./validate-resource-tags.ts";

/** Every tool, in the order `tools/list` shows them. A test compares this list with the files beside it. */
export const tools = [
  checkTagCompliance,
  findUntaggedResources,
  validateResourceTags,
  suggestTags,
  checkCrossAccountCompliance,
  checkCrossCloudConsistency,
  getViolationHistory,
  detectTagDrift,
  getCostAttributionGap,
  generateComplianceReport,
  exportViolationsCsv,
  getTaggingPolicy,
  importAwsTagPolicy,
] as const satisfies readonly AnyTool[];

/** What the tools need of the application; `compose` does not compile until it delivers all of it. */
export type ToolDeps = DepsFor<typeof tools>;
