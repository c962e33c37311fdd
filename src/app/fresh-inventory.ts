import { setTimeout as sleep } from "node:timers/promises";
import type { Judge } from "../domain/compliance/violation.ts";
import { isCloudFormationName, type ResourceTypeCatalogue } from "../domain/resource-type.ts";
import { type NarrowedScope, narrowScope, type ScopeRequest } from "../domain/scan/narrow.ts";
import { scopeKey } from "../domain/scan/scope.ts";
import { AppError } from "../domain/errors.ts";
import type { Priority } from "../domain/scan/waiting-line.ts";
import type { SnapshotKind } from "../ports/history.ts";
import type { InventoryStore, ScanRecord } from "../ports/inventory.ts";
import type { ReJudgeStore } from "../ports/re-judge.ts";
import { invalidCursor } from "./cursor.ts";
import { followScan } from "./follow-scan.ts";
import { createPolicySwitches, type PolicySwitches } from "./policy-switches.ts";
import { newScan, type ScanDeps, type ScanProgress, type ScanRequest, writeScan } from "./scan.ts";
import { createSharedScans, type ScanWaiter } from "./shared-scans.ts";

export interface FreshInventoryDeps extends ScanDeps {
  readonly inventory: InventoryStore;
  readonly catalogue: ResourceTypeCatalogue;
  /** The policy in force now. */
  readonly judge: () => Promise<Judge>;
  /** Absent: what another policy has judged is read from the clouds again. */
  readonly reJudge?: ReJudgeStore;
  /**
   * This process goes on after its answers: while a large inventory is judged by a new policy, questions
   * are answered by the old one. Default: they wait.
   */
  readonly answersMeanwhile?: boolean;
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
  /**
   * Behind this answer something newer is being made: a scan, because this one is older than asked for,
   * or verdicts by the policy in force, because those of this scan are by the one before it.
   */
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
  /** Has any answer scanned? */
  readonly hasScanned: () => boolean;
  /**
   * Ends refreshes that run behind answers already given, and waits for them; a process that does not go
   * on lets them come to their end.
   */
  readonly close: () => Promise<void>;
}

const DEFAULT_MAX_AGE_MINUTES = 60;
const MS_PER_MINUTE = 60_000;
/** Between two looks whether judging the inventory anew has ended: a scan waits for that. */
const RE_JUDGING_PAUSE_MS = 200;

export function createFreshInventory(deps: FreshInventoryDeps): FreshInventories {
  const scans = createSharedScans();
  const closing = new AbortController();
  const switches = createPolicySwitches(deps, closing.signal);
  const behind = new Set<Promise<unknown>>();

  let scanned = false;
  const scanNow = (question: Question, waiter: ScanWaiter): Promise<ScanRecord> => {
    const askedAtMs = deps.clock.now();
    scanned = true;
    return scans.run(scanKey(question), waiter, (signal, onProgress) =>
      scanOrFollow(deps, question, { askedAtMs, waiter: { signal, onProgress } }),
    );
  };

  const refreshBehind = (question: Question): void => {
    // Nobody waits for it: its calls give way to those of whoever does.
    const request = { ...question.request, priority: "background" as const };
    const running = scanNow({ ...question, request }, { signal: closing.signal })
      .catch((error: unknown) => deps.logger.warn("a refresh in the background failed", { error }))
      .finally(() => behind.delete(running));
    behind.add(running);
  };

  return {
    ensureFresh: async (request) => {
      const narrowed = narrowScope(request, deps.providers, deps.catalogue);
      const question = { request, narrowed, judge: await deps.judge() };
      const found =
        (await storedScan(deps, question)) ?? (await judgedAnew(deps, question, switches));
      if (found?.follow === "scan") refreshBehind(question);
      const scan = found?.scan ?? (await scanNow(question, request));
      const refreshing = found !== undefined && found.follow !== null;
      return { narrowed, scan, scanned: found === undefined, refreshing };
    },
    hasScanned: () => scanned,
    close: async () => {
      // A command has given its answer; the newer state that it was told of is made before it ends.
      if (deps.answersMeanwhile !== true) await Promise.all(behind);
      closing.abort();
      await Promise.all([...behind, switches.ended()]);
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
    if (begun.kind === "re_judging") {
      await sleep(RE_JUDGING_PAUSE_MS, undefined, { signal }).catch(() => {
        throw new AppError("cancelled", "The scan was cancelled.");
      });
      continue;
    }
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

/** A stored scan that may answer. */
interface Found {
  readonly scan: ScanRecord;
  /** What has to follow behind the answer; null: nothing. */
  readonly follow: "scan" | "verdicts" | null;
}

async function storedScan(
  deps: FreshInventoryDeps,
  { request, narrowed, judge }: Question,
): Promise<Found | undefined> {
  const latest = await deps.inventory.latestScanCovering(narrowed.scope);
  if (request.cursor !== undefined) {
    if (latest === undefined) throw invalidCursor("The scan of this cursor is no longer stored.");
    return { scan: latest, follow: null };
  }
  if (latest === undefined || request.refresh) return undefined;
  if (narrowed.scope.resourceTypes.some(isCloudFormationName)) return undefined;
  if (latest.policyHash !== judge.policyHash) return undefined;
  if (request.storeSnapshot && !latest.snapshot) return undefined;
  return youngEnough(deps, request, latest);
}

function youngEnough(
  { clock }: FreshInventoryDeps,
  { maxAgeMinutes, staleMinutes }: FreshnessRequest,
  scan: ScanRecord,
): Found | undefined {
  const ageMinutes = (clock.now() - scan.startedAt) / MS_PER_MINUTE;
  if (ageMinutes <= (maxAgeMinutes ?? DEFAULT_MAX_AGE_MINUTES)) return { scan, follow: null };
  return ageMinutes <= (staleMinutes ?? 0) ? { scan, follow: "scan" } : undefined;
}

/** The stored scan that would answer but for its policy: judges what is stored by the one in force. */
async function judgedAnew(
  deps: FreshInventoryDeps,
  question: Question,
  switches: PolicySwitches,
): Promise<Found | undefined> {
  const { request, narrowed, judge } = question;
  if (deps.reJudge === undefined || request.refresh || request.storeSnapshot) return undefined;
  if (narrowed.scope.resourceTypes.some(isCloudFormationName)) return undefined;
  const read = await deps.reJudge.youngestRead(narrowed.scope);
  if (read === undefined || youngEnough(deps, request, read) === undefined) return undefined;
  const latest = await deps.inventory.latestScanCovering(narrowed.scope);
  // Judged meanwhile, or too old a moment ago: the caller scans.
  if (latest?.policyHash === judge.policyHash) return storedScan(deps, question);
  const meanwhile = deps.answersMeanwhile === true ? latest : undefined;
  const ended = await switches.to(judge, {
    scope: narrowed.scope,
    signal: request.signal,
    mayLeave: meanwhile !== undefined,
  });
  if (ended || meanwhile === undefined) return storedScan(deps, question);
  return { scan: meanwhile, follow: "verdicts" };
}
