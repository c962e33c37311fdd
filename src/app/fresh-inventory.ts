import type { Judge } from "../domain/compliance/violation.ts";
import type { ResourceTypeCatalogue } from "../domain/resource-type.ts";
import { type NarrowedScope, narrowScope, type ScopeRequest } from "../domain/scan/narrow.ts";
import { scopeKey } from "../domain/scan/scope.ts";
import type { Priority } from "../domain/scan/waiting-line.ts";
import type { SnapshotKind } from "../ports/history.ts";
import type { InventoryStore, ScanRecord } from "../ports/inventory.ts";
import { invalidCursor } from "./cursor.ts";
import { followScan } from "./follow-scan.ts";
import { newScan, type ScanDeps, type ScanProgress, type ScanRequest, writeScan } from "./scan.ts";
import { createSharedScans, type ScanWaiter } from "./shared-scans.ts";

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
  /**
   * Answer at once from an inventory that is older than `maxAgeMinutes` but not than this, and refresh it
   * behind the answer. Default: never.
   */
  readonly staleMinutes?: number;
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
  /** The scan is older than asked for, and a newer one has been started behind this answer. */
  readonly refreshing: boolean;
}

/**
 * Makes sure that the stored inventory of a scope is young enough and judged by the policy in force;
 * scans when it is not. Questions of every kind that ask for the same scope share one running scan.
 * @throws {AppError} `invalid_input`, `credentials_missing`, `cursor_invalid`, `cancelled`,
 * `storage_unavailable`. What a cloud refuses is not thrown but stored as coverage.
 */
export type EnsureFreshInventory = (request: FreshnessRequest) => Promise<FreshInventory>;

export interface FreshInventories {
  readonly ensureFresh: EnsureFreshInventory;
  /** Ends refreshes that run behind answers already given, and waits for them. */
  close(): Promise<void>;
}

const DEFAULT_MAX_AGE_MINUTES = 60;
const MS_PER_MINUTE = 60_000;

export function createFreshInventory(deps: FreshInventoryDeps): FreshInventories {
  const scans = createSharedScans();
  const closing = new AbortController();
  const behind = new Set<Promise<unknown>>();

  const scanNow = (question: Question, waiter: ScanWaiter): Promise<ScanRecord> => {
    const askedAtMs = deps.clock.now();
    return scans.run(scanKey(question), waiter, (signal, onProgress) =>
      scanOrFollow(deps, question, { askedAtMs, waiter: { signal, onProgress } }),
    );
  };

  const refreshBehind = (question: Question): void => {
    const running = scanNow(question, { signal: closing.signal })
      .catch((error: unknown) => deps.logger.warn("a refresh in the background failed", { error }))
      .finally(() => behind.delete(running));
    behind.add(running);
  };

  return {
    ensureFresh: async (request) => {
      const narrowed = narrowScope(request, deps.providers, deps.catalogue);
      const question = { request, narrowed, judge: await deps.judge() };
      const found = await storedScan(deps, question);
      if (found?.refresh === true) refreshBehind(question);
      const scan = found?.scan ?? (await scanNow(question, request));
      return { narrowed, scan, scanned: found === undefined, refreshing: found?.refresh ?? false };
    },
    close: async () => {
      closing.abort();
      await Promise.all(behind);
    },
  };
}

interface Question {
  readonly request: FreshnessRequest;
  readonly narrowed: NarrowedScope;
  readonly judge: Judge;
}

/**
 * Scans, unless somebody in any process does: then waits for that scan. One that comes to nothing (its
 * process died, or those who wanted it left) is taken over.
 */
async function scanOrFollow(
  deps: FreshInventoryDeps,
  { request, narrowed, judge }: Question,
  asked: { readonly askedAtMs: number; readonly waiter: Required<ScanWaiter> },
): Promise<ScanRecord> {
  const { signal, onProgress } = asked.waiter;
  const scan: ScanRequest = {
    narrowed,
    judge,
    snapshot: snapshotKindOf(request),
    priority: request.priority,
    signal,
    onProgress,
  };
  for (;;) {
    const begun = await deps.inventory.beginOrShareScan(newScan(deps, scan), asked.askedAtMs);
    if (begun.kind === "begun") return writeScan(deps, scan, begun.writer);
    const ended = await followScan(deps.inventory, begun.scan.id, asked.waiter);
    if (ended.status === "complete" || ended.status === "partial") return ended;
  }
}

function snapshotKindOf(request: FreshnessRequest): SnapshotKind | null {
  return request.storeSnapshot ? (request.snapshotKind ?? "ad_hoc") : null;
}

function scanKey({ narrowed, request, judge }: Question): string {
  return `${scopeKey(narrowed.scope)}|${snapshotKindOf(request)}|${judge.policyHash}`;
}

/** A stored scan that may answer, and whether it is so old that a new one has to follow. */
async function storedScan(
  deps: FreshInventoryDeps,
  { request, narrowed, judge }: Question,
): Promise<{ readonly scan: ScanRecord; readonly refresh: boolean } | undefined> {
  const latest = await deps.inventory.latestScanCovering(narrowed.scope);
  if (request.cursor !== undefined) {
    if (latest === undefined) throw invalidCursor("The scan of this cursor is no longer stored.");
    return { scan: latest, refresh: false };
  }
  if (latest === undefined || request.refresh) return undefined;
  if (latest.policyHash !== judge.policyHash) return undefined;
  if (request.storeSnapshot && !latest.snapshot) return undefined;
  const ageMinutes = (deps.clock.now() - latest.startedAt) / MS_PER_MINUTE;
  if (ageMinutes <= (request.maxAgeMinutes ?? DEFAULT_MAX_AGE_MINUTES))
    return { scan: latest, refresh: false };
  return ageMinutes <= (request.staleMinutes ?? 0) ? { scan: latest, refresh: true } : undefined;
}
