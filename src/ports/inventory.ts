import type { Cloud } from "../domain/cloud.ts";
import type {
  Judgement,
  Severity,
  Verdict,
  VerdictCounts,
  ViolationKind,
} from "../domain/compliance/violation.ts";
import type { Resource, TagSet } from "../domain/resource.ts";
import type { Cell, CellOutcome } from "../domain/scan/cell.ts";
import type { Scope } from "../domain/scan/scope.ts";
import type { SnapshotKind } from "./history.ts";

export type ScanStatus = "running" | "complete" | "partial" | "failed" | "cancelled";

/** One run over a scope. Times are epoch milliseconds, UTC. */
export interface ScanRecord {
  readonly id: string;
  readonly scope: Scope;
  readonly status: ScanStatus;
  readonly startedAt: number;
  /** Null while running. */
  readonly finishedAt: number | null;
  readonly policyHash: string;
  /** Kept as a baseline for trends (a scheduled or explicitly requested snapshot). */
  readonly snapshot: boolean;
}

/** A scan about to begin. */
export interface NewScan extends Omit<ScanRecord, "status" | "finishedAt"> {
  /** What a scan with `snapshot` is kept as; default `ad_hoc`. */
  readonly snapshotKind?: SnapshotKind;
}

/**
 * A scan that was begun, or one that answers the same and was begun by somebody else. `re_judging`: none
 * begins while the inventory is being judged by a new policy, which takes seconds.
 */
export type BegunScan =
  | { readonly kind: "begun"; readonly writer: ScanWriter }
  | { readonly kind: "shared"; readonly scan: ScanRecord }
  | { readonly kind: "re_judging" };

/** How far a scan is, as every process can see it. */
export interface StoredProgress {
  readonly record: ScanRecord;
  readonly cellsEnded: number;
  /** Resources of those cells. */
  readonly resources: number;
}

export interface JudgedResource {
  readonly resource: Resource;
  readonly judgement: Judgement;
}

/**
 * Writes of one scan. Every call is one transaction; nothing is visible half done. Every call throws
 * `AppError` `storage_unavailable` when the scan no longer runs: it was finished, its store was closed,
 * or it was silent for so long that another process took it for abandoned.
 */
export interface ScanWriter {
  readonly scanId: string;
  /**
   * Upserts a page; seen again means `lastSeen` moves, tags and violations are replaced. Of a resource
   * that is in the page twice the last one counts. While it waits it is not the page that is held, but
   * what will be stored of it.
   * @throws {AppError} `internal` when the cell does not hold a resource of the page (`cellHolds`).
   */
  saveResources(cell: Cell, page: readonly JudgedResource[]): Promise<void>;
  /**
   * Ends a cell. Resources of the cell that this scan did not see are gone when it is `complete` and
   * `unknown` otherwise. Nothing is concluded from a read that was interrupted (status `skipped` or
   * reason `cancelled`), unless the scan still finishes `complete` or `partial`.
   * To be asked for when all of its pages are stored.
   */
  endCell(outcome: CellOutcome): Promise<void>;
  /**
   * Ends the scan. `complete` and `partial` answer for the whole scope from now on: resources in it
   * that no cell of this scan has read count as `unknown`.
   */
  finish(status: Exclude<ScanStatus, "running">): Promise<ScanRecord>;
}

/**
 * Which stored resources and violations a question is about. Empty list = no restriction. Severities
 * select violations; counts of resources do not depend on them.
 */
export interface InventoryFilter {
  readonly scope: Scope;
  readonly severities: readonly Severity[];
}

export interface Breakdown {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resourceType: string;
  readonly counts: VerdictCounts;
}

export interface StoredViolation {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly kind: ViolationKind;
  readonly tag: string;
  readonly severity: Severity;
  readonly expected: string;
  readonly actual: string | null;
  readonly suggestion: string | null;
  readonly rule: string;
}

export interface StoredResource {
  readonly resource: Resource;
  readonly verdict: Verdict;
}

export interface ViolationPage {
  readonly violations: readonly StoredViolation[];
  /** Position after the last violation of the page; null at the end. Opaque to callers. */
  readonly next: ViolationPosition | null;
}
/** Keyset position: the row id of the last violation given out. It stays valid when that row is gone. */
export interface ViolationPosition {
  readonly afterRow: number;
}

export interface ViolationTally {
  readonly kind: ViolationKind;
  readonly tag: string;
  readonly severity: Severity;
  readonly cloud: Cloud;
  readonly count: number;
}

/** How many resources of one type of one cloud carry exactly these tags. */
export interface TagSetCount {
  readonly cloud: Cloud;
  readonly resourceType: string;
  /** Null: their tags are not known now, because they could not be read or were not seen again. */
  readonly tags: TagSet | null;
  readonly count: number;
}

/**
 * What the last scans saw. Questions are answered from here; the methods that count never load rows.
 * Resources of cells whose latest read did not see them again, and could not conclude that they are
 * gone, count as `unknown` whatever was known before.
 */
export interface InventoryStore {
  /** @throws {AppError} `storage_unavailable` while the inventory is being judged by a new policy. */
  beginScan(scan: NewScan): Promise<ScanWriter>;
  /**
   * Begins a scan unless one with the same policy, the whole scope and the same kind of snapshot runs, or
   * has ended at or after `sinceMs`. Holds over all processes: of several askers at once one begins.
   */
  beginOrShareScan(scan: NewScan, sinceMs: number): Promise<BegunScan>;
  findScan(id: string): Promise<ScanRecord | undefined>;
  scanProgress(id: string): Promise<StoredProgress | undefined>;
  /**
   * The youngest finished scan (`complete` or `partial`) that covers `scope`, by when it began. None
   * when a scan by another policy wrote to the same ground since: the verdicts would be a mixture.
   */
  latestScanCovering(scope: Scope): Promise<ScanRecord | undefined>;
  /**
   * Scans left `running` by a process that died, marked `failed`; run at start-up. A scan that another
   * process keeps alive is left alone. Pages it stored stay; its `complete` cells are not believed.
   * @returns how many scans were closed.
   */
  failAbandonedScans(): Promise<number>;
  /**
   * Latest outcome of every cell that touches the scope; cells that a later scan of the same ground
   * no longer has are left out. `complete` counts from the end of its scan, anything else at once.
   */
  coverage(scope: Scope): Promise<readonly CellOutcome[]>;
  breakdown(filter: InventoryFilter): Promise<readonly Breakdown[]>;
  /** Counts of violations, most frequent first. */
  tally(filter: InventoryFilter): Promise<readonly ViolationTally[]>;
  /**
   * One page, in the order severity (errors first), cloud, account, region, type, then as found.
   * A resource that is judged anew between two pages can appear again or be missed; nothing else can.
   * @throws {AppError} `cursor_invalid`.
   */
  violations(
    filter: InventoryFilter,
    page: { readonly limit: number; readonly after: ViolationPosition | null },
  ): Promise<ViolationPage>;
  /**
   * The tags of every resource of the scope that is not gone, in pages; equal tags may appear in more
   * than one entry, so counts are to be added. Other work gets its turn between pages; what is
   * written meanwhile may or may not be seen.
   */
  tagSets(scope: Scope): AsyncIterable<readonly TagSetCount[]>;
  /**
   * Every resource of the scope that is not gone, in pages, with the verdict that counts now; tags are
   * null where they are not known. Other work gets its turn between pages.
   */
  resources(scope: Scope): AsyncIterable<readonly StoredResource[]>;
  /** 32 random bytes that belong to this database, for signing what callers hand back; made on first use. */
  signingKey(): Promise<Uint8Array>;
  /** Cancels the scans still running through this store and closes the database. */
  close(): Promise<void>;
}
