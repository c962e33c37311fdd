import type { DepsFor } from "../define.ts";
import type { AnyResource } from "../define-resource.ts";
import auditRecords from "./audit-records.ts";
import report from "./report.ts";
import scanViolations from "./scan-violations.ts";
import taggingPolicy from "./tagging-policy.ts";

/** Every resource, in the order they are listed. A test compares this list with the files beside it. */
export const resources = [
  taggingPolicy,
  scanViolations,
  report,
  auditRecords,
] as const satisfies readonly AnyResource[];

/** What the resources need of the application. */
export type ResourceDeps = DepsFor<(typeof resources)[number]["reader"][]>;
