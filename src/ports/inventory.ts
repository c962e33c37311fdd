import type { Cloud } from "../domain/cloud.ts";
import type {
  Judgement,
  Severity,
  Verdict,
  ViolationKind,
} from "../domain/compliance/violation.ts";
import type { Resource } from "../domain/resource.ts";
import type { Cell, CellOutcome } from "../domain/scan/cell.ts";
import type { Scope } from "../domain/scan/scope.ts";

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

export interface JudgedResource {
  readonly resource: Resource;
  readonly judgement: Judgement;
}

/** Writes of one scan. Every call is one transaction; nothing is visible half done. */
export interface ScanWriter {
  readonly scanId: string;
  /** Upserts a page; seen again means `lastSeen` moves, tags and violations are replaced. */
  saveResources(cell: Cell, page: readonly JudgedResource[]): Promise<void>;
  /** Ends a cell. Only `complete` marks resources of the cell that this scan did not see as gone. */
  endCell(outcome: CellOutcome): Promise<void>;
  finish(status: Exclude<ScanStatus, "running">): Promise<ScanRecord>;
}

/** Which stored resources and violations a question is about. Empty list = no restriction. */
export interface InventoryFilter {
  readonly scope: Scope;
  readonly severities: readonly Severity[];
}

export interface VerdictCounts extends Readonly<Record<Verdict, number>> {}

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

export interface ViolationPage {
  readonly violations: readonly StoredViolation[];
  /** Position after the last violation of the page; null at the end. Opaque to callers. */
  readonly next: ViolationPosition | null;
}
/** Keyset position: the row id of the last violation given out. */
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

/**
 * What the last scans saw. Questions are answered from here; the methods that count never load rows.
 * Resources of cells whose latest read did not see them again, and could not conclude that they are
 * gone, count as `unknown` whatever was known before.
 */
export interface InventoryStore {
  beginScan(scan: Omit<ScanRecord, "status" | "finishedAt">): Promise<ScanWriter>;
  findScan(id: string): Promise<ScanRecord | undefined>;
  /** The youngest finished scan (`complete` or `partial`) that covers `scope`, if any. */
  latestScanCovering(scope: Scope): Promise<ScanRecord | undefined>;
  /** Scans left `running` by a process that died, marked `failed`; run at start-up. */
  failAbandonedScans(): Promise<number>;
  /** Latest outcome of every cell that touches the scope. */
  coverage(scope: Scope): Promise<readonly CellOutcome[]>;
  breakdown(filter: InventoryFilter): Promise<readonly Breakdown[]>;
  tally(filter: InventoryFilter): Promise<readonly ViolationTally[]>;
  violations(
    filter: InventoryFilter,
    page: { readonly limit: number; readonly after: ViolationPosition | null },
  ): Promise<ViolationPage>;
  close(): Promise<void>;
}
