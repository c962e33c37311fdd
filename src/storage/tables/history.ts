import type { Cloud } from "../../domain/cloud.ts";
import type { ChangeKind } from "../../domain/compliance/drift/change.ts";
import type { Severity, ViolationKind } from "../../domain/compliance/violation.ts";
import type { SnapshotKind } from "../../ports/history.ts";
import type { ScanStatus } from "../../ports/inventory.ts";

/** How the inventory changed, what was kept of it for trends, and who may do what alone. */
export interface HistoryTables {
  resource_changes: ResourceChangeTable;
  known_tags: KnownTagsTable;
  scan_marks: ScanMarkTable;
  snapshots: SnapshotTable;
  snapshot_counts: SnapshotCountsTable;
  snapshot_findings: SnapshotFindingsTable;
  leases: LeaseTable;
  job_runs: JobRunTable;
}

/** One difference between two reads of a resource; rows are numbered in the order of their commits. */
interface ResourceChangeTable {
  no: number;
  resource_no: number;
  /** Where the resource was when the change was seen. */
  place_id: number;
  kind: ChangeKind;
  /** The tag's key; null where the resource itself came or went. */
  tag_key: string | null;
  old_value: string | null;
  new_value: string | null;
  /** The last read that still knew the old state, and the read that saw the new one. */
  after_at: number;
  seen_at: number;
  scan_no: number;
}

/** Tags as last known, of resources whose latest read could not tell. */
interface KnownTagsTable {
  resource_no: number;
  tags: string;
  /** When they were read. */
  seen_at: number;
}

/** How far the numbering of changes and resources was when a scan ended: later numbers came after it. */
interface ScanMarkTable {
  scan_no: number;
  change_no: number;
  resource_no: number;
  at: number;
}

/** A scan kept as a baseline. Its counts are below, its cells are its rows of `scan_cells`. */
interface SnapshotTable {
  scan_no: number;
  scan_id: string;
  kind: SnapshotKind;
  scope: string;
  status: ScanStatus;
  started_at: number;
  finished_at: number;
  policy_hash: string;
  cells_total: number;
  cells_complete: number;
}

/** Which columns of `snapshot_counts` are filled; the others hold an empty text. */
export type Dimension = "total" | "cloud" | "account" | "type";

/** The counts of a snapshot, summed for every way a trend may be filtered by. */
export interface SnapshotCountsTable {
  dimension: Dimension;
  cloud: Cloud | "";
  account: string;
  type_key: string;
  scan_no: number;
  compliant: number;
  non_compliant: number;
  exempt: number;
  unknown: number;
  out_of_scope: number;
  errors: number;
  warnings: number;
}

interface SnapshotFindingsTable {
  scan_no: number;
  cloud: Cloud;
  tag: string;
  kind: ViolationKind;
  severity: Severity;
  count: number;
}

interface LeaseTable {
  name: string;
  /** Who holds it; null when it is free. */
  owner: string | null;
  /** Grows with every change of hands: what an earlier holder still writes can be told apart. */
  token: number;
  renewed_at: number;
}

/** One run of a scheduled job: at most one completion a slot. */
interface JobRunTable {
  job: string;
  /** The moment the schedule named, epoch milliseconds. */
  slot_at: number;
  state: "running" | "done" | "failed" | "missed";
  owner: string;
  attempt: number;
  renewed_at: number;
  started_at: number;
  finished_at: number | null;
  /** The scan it made. */
  scan_id: string | null;
  /** Our own error code, never a cloud's words. */
  error: string | null;
}
