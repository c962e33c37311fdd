import { AppError } from "../domain/errors.ts";
import { type Coverage, summarizeCoverage } from "../domain/scan/coverage.ts";
import type { InventoryStore, ScanRecord, StoredViolation } from "../ports/inventory.ts";
import { SEVERITIES_OF, type SeverityChoice } from "./check-compliance.ts";
import { openBound, sealCursor } from "./cursor.ts";

export interface ScanViolationsRequest {
  readonly scanId: string;
  readonly severity: SeverityChoice;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface ScanViolations {
  readonly scan: ScanRecord;
  /** Null unless the scan finished `complete` or `partial`: until then what it found is not known. */
  readonly found: {
    readonly violations: readonly StoredViolation[];
    readonly violationCount: number;
    readonly nextCursor: string | null;
    readonly coverage: Coverage;
  } | null;
  /** Cells ended and resources seen so far; null once the scan ended. */
  readonly progress: { readonly cellsEnded: number; readonly resources: number } | null;
}

export type ReadScanViolations = (request: ScanViolationsRequest) => Promise<ScanViolations>;

/**
 * What one scan found, as long as no later scan of the same ground replaced it.
 * @throws {AppError} `not_found` for a scan that is not known or was replaced; `cursor_invalid`;
 * `storage_unavailable`
 */
export function createScanViolations(inventory: InventoryStore): ReadScanViolations {
  return async (request) => {
    const progress = await inventory.scanProgress(request.scanId);
    if (progress === undefined)
      throw new AppError("not_found", "No scan of this id is stored.", {
        hint: "Call check_tag_compliance: its answer names the scan_id.",
      });
    const { record: scan, cellsEnded, resources } = progress;
    if (scan.status === "running")
      return { scan, found: null, progress: { cellsEnded, resources } };
    if (scan.status !== "complete" && scan.status !== "partial")
      return { scan, found: null, progress: null };
    await requireLatest(inventory, scan);
    return { scan, found: await pageOf(inventory, scan, request), progress: null };
  };
}

async function requireLatest(inventory: InventoryStore, scan: ScanRecord): Promise<void> {
  const latest = await inventory.latestScanCovering(scan.scope);
  if (latest?.id === scan.id) return;
  throw new AppError("not_found", "What this scan found was replaced by a later scan.", {
    hint:
      latest === undefined
        ? "Call check_tag_compliance to scan again."
        : `Read scan://${latest.id}/violations instead.`,
  });
}

async function pageOf(
  inventory: InventoryStore,
  scan: ScanRecord,
  { severity, limit, cursor }: ScanViolationsRequest,
): Promise<NonNullable<ScanViolations["found"]>> {
  const filter = { scope: scan.scope, severities: SEVERITIES_OF[severity] };
  const key = await inventory.signingKey();
  const binding = { scanId: scan.id, filter: `scan-violations|${severity}` };
  const after = openBound(key, cursor, binding);
  const [page, tally, outcomes] = await Promise.all([
    inventory.violations(filter, { limit, after }),
    inventory.tally(filter),
    inventory.coverage(scan.scope),
  ]);
  return {
    violations: page.violations,
    violationCount: tally.reduce((sum, { count }) => sum + count, 0),
    nextCursor: page.next === null ? null : sealCursor(key, binding, page.next),
    coverage: summarizeCoverage(outcomes),
  };
}
