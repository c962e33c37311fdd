import type { Cloud } from "../domain/cloud.ts";
import type { Money } from "../domain/money.ts";
import { complianceScore } from "../domain/compliance/score.ts";
import { type Severity, VERDICTS, type VerdictCounts } from "../domain/compliance/violation.ts";
import { type Coverage, keptSummary } from "../domain/scan/coverage.ts";
import { scopeKey } from "../domain/scan/scope.ts";
import type {
  Breakdown,
  InventoryFilter,
  InventoryStore,
  ScanRecord,
  StoredViolation,
  ViolationTally,
} from "../ports/inventory.ts";
import type { ComplianceSpend, Spend } from "./cost/spend.ts";
import { openBound, sealCursor } from "./cursor.ts";
import { placesByCloud, sumOf } from "./verdict-sums.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "./fresh-inventory.ts";

export type SeverityChoice = "all" | "errors_only" | "warnings_only";

export interface CheckComplianceDeps {
  readonly inventory: InventoryStore;
  readonly ensureFresh: EnsureFreshInventory;
  /** Absent where no bills are kept. */
  readonly spend?: Spend | undefined;
}

export interface CheckComplianceRequest extends FreshnessRequest {
  readonly severity: SeverityChoice;
  /** Violations per page. */
  readonly limit: number;
}

export interface CloudCompliance {
  readonly cloud: Cloud;
  readonly counts: VerdictCounts;
  /** Null when nothing was judged. */
  readonly score: number | null;
}

export interface CheckComplianceResult {
  readonly scanId: string;
  readonly score: number | null;
  readonly counts: VerdictCounts;
  /** Resources seen in scope, whatever their verdict. */
  readonly total: number;
  readonly violations: readonly StoredViolation[];
  /** Cost of the page's resources in the month of `spend`, by `spendKey`; those not billed are left out. */
  readonly costs: ReadonlyMap<string, Money>;
  /** Null where no bill of a whole month is stored: what things cost is not known. */
  readonly spend: ComplianceSpend | null;
  readonly nextCursor: string | null;
  /** All violations of the chosen severities in scope, not only this page. */
  readonly violationCount: number;
  readonly tally: readonly ViolationTally[];
  readonly byCloud: readonly CloudCompliance[];
  readonly breakdown: readonly Breakdown[];
  readonly coverage: Coverage;
  /** When the scan behind the answer began, epoch milliseconds: nothing in it is older. */
  readonly dataAsOf: number;
  readonly policyHash: string;
  /** This call read the clouds; otherwise the stored inventory was young enough. */
  readonly scanned: boolean;
  /** Something newer is being made behind this answer; see `FreshInventory`. */
  readonly refreshing: boolean;
}

export type CheckCompliance = (request: CheckComplianceRequest) => Promise<CheckComplianceResult>;

export const SEVERITIES_OF: Readonly<Record<SeverityChoice, readonly Severity[]>> = {
  all: ["error", "warning"],
  errors_only: ["error"],
  warnings_only: ["warning"],
};

/**
 * The main question: how much of this scope keeps the policy, and what breaks it? Answers from the
 * stored inventory when it is young enough and judged by the policy in force, else scans first.
 * @throws {AppError} `invalid_input`, `credentials_missing`, `cursor_invalid`, `cancelled`,
 * `storage_unavailable`. What a cloud refuses is not thrown but reported in `coverage`.
 */
export function createCheckCompliance(deps: CheckComplianceDeps): CheckCompliance {
  return async (request) => {
    const { narrowed, scan, scanned, refreshing } = await deps.ensureFresh(request);
    const filter: InventoryFilter = {
      scope: narrowed.scope,
      severities: SEVERITIES_OF[request.severity],
    };
    return answer(deps, { request, filter, scan, scanned, refreshing });
  };
}

interface Question {
  readonly request: CheckComplianceRequest;
  readonly filter: InventoryFilter;
  readonly scan: ScanRecord;
  readonly scanned: boolean;
  readonly refreshing: boolean;
}

async function answer(
  { inventory, spend }: CheckComplianceDeps,
  { request, filter, scan, scanned, refreshing }: Question,
): Promise<CheckComplianceResult> {
  const filterText = `${scopeKey(filter.scope)}|${filter.severities.join(",")}`;
  const key = await inventory.signingKey();
  const after = openBound(key, request.cursor, { scanId: scan.id, filter: filterText });
  const [breakdown, tally, page, outcomes, spent] = await Promise.all([
    inventory.breakdown(filter),
    inventory.tally(filter),
    inventory.violations(filter, { limit: request.limit, after }),
    inventory.coverage(filter.scope),
    spend?.ofScope(filter.scope, scan),
  ]);
  const billed = page.violations.map(({ cloud, resourceId }) => ({ cloud, id: resourceId }));
  const counts = sumOf(breakdown);
  return {
    scanId: scan.id,
    score: complianceScore(counts.compliant, counts.non_compliant),
    counts,
    total: VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0),
    violations: page.violations,
    costs: (await spend?.ofResources(billed)) ?? new Map<string, Money>(),
    spend: spent ?? null,
    nextCursor:
      page.next === null
        ? null
        : sealCursor(key, { scanId: scan.id, filter: filterText }, page.next),
    violationCount: tally.reduce((sum, entry) => sum + entry.count, 0),
    tally,
    byCloud: byCloud(filter.scope.clouds, breakdown),
    breakdown,
    coverage: keptSummary(outcomes),
    dataAsOf: scan.startedAt,
    policyHash: scan.policyHash,
    scanned,
    refreshing,
  };
}

function byCloud(
  clouds: readonly Cloud[],
  breakdown: readonly Breakdown[],
): readonly CloudCompliance[] {
  const placesOf = placesByCloud(breakdown);
  return clouds.map((cloud) => {
    const counts = sumOf(placesOf.get(cloud) ?? []);
    return { cloud, counts, score: complianceScore(counts.compliant, counts.non_compliant) };
  });
}
