import type { Judge } from "../domain/compliance/violation.ts";
import type { ResourceTypeCatalogue } from "../domain/resource-type.ts";
import { type NarrowedScope, narrowScope, type ScopeRequest } from "../domain/scan/narrow.ts";
import { scopeKey } from "../domain/scan/scope.ts";
import type { Priority } from "../domain/scan/waiting-line.ts";
import type { SnapshotKind } from "../ports/history.ts";
import type { InventoryStore, ScanRecord } from "../ports/inventory.ts";
import { invalidCursor } from "./cursor.ts";
import { runScan, type ScanDeps, type ScanProgress } from "./scan.ts";
import { createSharedScans } from "./shared-scans.ts";

export interface FreshInventoryDeps extends ScanDeps {
  readonly inventory: InventoryStore;
  readonly catalogue: ResourceTypeCatalogue;
  /** The policy in force now. */
  readonly judge: () => Promise<Judge>;
}

/** What every question about the inventory says of its scope and of the age it accepts. */
export interface FreshnessRequest extends ScopeRequest {
  /** Answer from the stored inventory when it is younger; default 60 minutes. */
  readonly maxAgeMinutes: number | undefined;
  /** Scan whatever the age. */
  readonly refresh: boolean;
  /** Keep the scan as a baseline for trends. */
  readonly storeSnapshot: boolean;
  /** What a scan with `storeSnapshot` is kept as; default `ad_hoc`. */
  readonly snapshotKind?: SnapshotKind;
  /** Default: someone waits for the answer. */
  readonly priority?: Priority;
  /** The position a later page begins at: pages are read from whatever scan is latest, whatever its age. */
  readonly cursor: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

export interface FreshInventory {
  readonly narrowed: NarrowedScope;
  /** The scan that the stored inventory of the scope answers for. */
  readonly scan: ScanRecord;
  /** This call read the clouds; otherwise the stored inventory was young enough. */
  readonly scanned: boolean;
}

/**
 * Makes sure that the stored inventory of a scope is young enough and judged by the policy in force;
 * scans when it is not. Questions of every kind that ask for the same scope share one running scan.
 * @throws {AppError} `invalid_input`, `credentials_missing`, `cursor_invalid`, `cancelled`,
 * `storage_unavailable`. What a cloud refuses is not thrown but stored as coverage.
 */
export type EnsureFreshInventory = (request: FreshnessRequest) => Promise<FreshInventory>;

const DEFAULT_MAX_AGE_MINUTES = 60;
const MS_PER_MINUTE = 60_000;

export function createFreshInventory(deps: FreshInventoryDeps): EnsureFreshInventory {
  const scans = createSharedScans();
  return async (request) => {
    const narrowed = narrowScope(request, deps.providers, deps.catalogue);
    const judge = await deps.judge();
    const found = await freshScan(deps, { request, narrowed, policyHash: judge.policyHash });
    const scan =
      found ??
      (await scans.run(scanKey(narrowed, request), request, (signal, onProgress) =>
        runScan(deps, {
          narrowed,
          judge,
          snapshot: snapshotKindOf(request),
          priority: request.priority,
          signal,
          onProgress,
        }),
      ));
    return { narrowed, scan, scanned: found === undefined };
  };
}

function snapshotKindOf(request: FreshnessRequest): SnapshotKind | null {
  return request.storeSnapshot ? (request.snapshotKind ?? "ad_hoc") : null;
}

function scanKey(narrowed: NarrowedScope, request: FreshnessRequest): string {
  return `${scopeKey(narrowed.scope)}|${snapshotKindOf(request)}`;
}

/** A stored scan that may answer. */
async function freshScan(
  deps: FreshInventoryDeps,
  wanted: {
    readonly request: FreshnessRequest;
    readonly narrowed: NarrowedScope;
    readonly policyHash: string;
  },
): Promise<ScanRecord | undefined> {
  const { request, narrowed, policyHash } = wanted;
  const latest = await deps.inventory.latestScanCovering(narrowed.scope);
  if (request.cursor !== undefined) {
    if (latest === undefined) throw invalidCursor("The scan of this cursor is no longer stored.");
    return latest;
  }
  if (latest === undefined || request.refresh) return undefined;
  const maxAgeMs = (request.maxAgeMinutes ?? DEFAULT_MAX_AGE_MINUTES) * MS_PER_MINUTE;
  const young = deps.clock.now() - latest.startedAt <= maxAgeMs;
  const snapshotKept = !request.storeSnapshot || latest.snapshot;
  return young && latest.policyHash === policyHash && snapshotKept ? latest : undefined;
}
