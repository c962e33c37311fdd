import type { Cloud } from "../domain/cloud.ts";
import type { ChangeKind } from "../domain/compliance/drift/change.ts";
import type { Severity, ViolationKind, VerdictCounts } from "../domain/compliance/violation.ts";
import type { Resource } from "../domain/resource.ts";
import type { CellOutcome } from "../domain/scan/cell.ts";
import type { Scope } from "../domain/scan/scope.ts";

/** `scheduled`: by the daily job, what trends rest on. `ad_hoc`: kept because somebody asked for it. */
export const SNAPSHOT_KINDS = ["scheduled", "ad_hoc"] as const;
export type SnapshotKind = (typeof SNAPSHOT_KINDS)[number];

/** A finished scan that was kept as a baseline. Times are epoch milliseconds, UTC. */
export interface Snapshot {
  /** Order of beginning; unique. */
  readonly no: number;
  readonly scanId: string;
  readonly kind: SnapshotKind;
  readonly scope: Scope;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly policyHash: string;
  readonly cellsTotal: number;
  readonly cellsComplete: number;
}

/**
 * Which of a snapshot's counts are asked for. Empty list: all. Counts are kept by account and by type, not
 * by both: one of the two lists is empty.
 */
export interface SnapshotFilter {
  readonly clouds: readonly Cloud[];
  readonly accounts: readonly string[];
  readonly resourceTypes: readonly string[];
}

export interface SnapshotCounts extends VerdictCounts {
  /** Violations of each severity. */
  readonly errors: number;
  readonly warnings: number;
}

/** Violations of one tag in one snapshot. */
export interface SnapshotFinding {
  readonly no: number;
  readonly kind: ViolationKind;
  readonly severity: Severity;
  readonly count: number;
}

/** What was known when a scan ended: one end of a comparison. */
export interface Baseline {
  readonly scanId: string;
  /** Null: the scan was not kept as a snapshot. */
  readonly snapshot: SnapshotKind | null;
  readonly scope: Scope;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly policyHash: string;
  readonly mark: Mark;
}

/** Changes and resources with greater numbers came later. */
export interface Mark {
  readonly changeNo: number;
  readonly resourceNo: number;
}

/** A stored difference. Numbers grow in the order of commits. */
export interface StoredChange {
  readonly no: number;
  readonly resourceNo: number;
  readonly placeId: number;
  readonly kind: ChangeKind;
  readonly key: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** The last read that knew the old state, and the read that saw the new one. */
  readonly afterMs: number;
  readonly seenMs: number;
}

export interface Place {
  readonly id: number;
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resourceType: string;
}

/** Reads what the inventory's scans wrote down. Nothing here writes or asks a cloud. */
export interface HistoryStore {
  /** Snapshots begun at or after `fromMs` and before `toMs`, oldest first. */
  snapshots(range: {
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<readonly Snapshot[]>;
  /** Counts by snapshot number; a snapshot in which nothing matches has no entry. */
  countsOf(
    numbers: { readonly from: number; readonly to: number },
    filter: SnapshotFilter,
  ): Promise<ReadonlyMap<number, SnapshotCounts>>;
  findingsOf(
    numbers: { readonly from: number; readonly to: number },
    filter: { readonly tag: string; readonly clouds: readonly Cloud[] },
  ): Promise<readonly SnapshotFinding[]>;
  /** Undefined when no finished scan of that id is kept. */
  baseline(scanId: string): Promise<Baseline | undefined>;
  /** Finished scans that are kept, youngest first; of all, or only those that ended by `untilMs`. */
  baselines(untilMs?: number): AsyncIterable<Baseline>;
  /** Every cell that a scan ended. */
  cellsOf(scanId: string): Promise<readonly CellOutcome[]>;
  /** How far the numbering is now. */
  mark(): Promise<Mark>;
  places(scope: Scope): Promise<readonly Place[]>;
  countChanges(after: Mark, upTo: Mark): Promise<number>;
  /**
   * Changes after one mark up to another in the order of their numbers, in pages. With `share`, only
   * those of every `of`-th resource: all changes of one resource are in the same share.
   */
  changes(
    after: Mark,
    upTo: Mark,
    share?: { readonly at: number; readonly of: number },
  ): AsyncIterable<readonly StoredChange[]>;
  /** Resources as they were at `upTo`, by number; tags null where they were never known. */
  resourcesAt(numbers: readonly number[], upTo: Mark): Promise<ReadonlyMap<number, Resource>>;
  /** Resources that were first seen between the marks and not found gone by `untilMs`, by place. */
  newResources(after: Mark, upTo: Mark, untilMs: number): Promise<ReadonlyMap<number, number>>;
}

/** What is older than these moments is removed; epoch milliseconds. */
export interface PruneLimits {
  readonly scansMs: number;
  readonly snapshotsMs: number;
  readonly tagChangesMs: number;
  readonly goneResourcesMs: number;
}

/** How much was removed. */
export interface Pruned {
  readonly scans: number;
  readonly snapshots: number;
  readonly tagChanges: number;
  readonly goneResources: number;
}

export type PruneHistory = (before: PruneLimits, signal: AbortSignal) => Promise<Pruned>;
