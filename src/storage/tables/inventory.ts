import type { Cloud } from "../../domain/cloud.ts";
import type { Severity, Verdict, ViolationKind } from "../../domain/compliance/violation.ts";
import type { CellReason, CellStatus } from "../../domain/scan/cell.ts";
import type { ScanStatus } from "../../ports/inventory.ts";

/** What the last scans saw: scans, cells, resources, violations and their rollups. */
export interface InventoryTables {
  counters: { name: string; value: number };
  scans: ScanTable;
  scan_cells: CellTable;
  cells: CellTable;
  places: PlaceTable;
  findings: FindingTable;
  place_findings: PlaceFindingTable;
  place_gaps: PlaceGapTable;
  resources: ResourceTable;
  sightings: SightingTable;
  violations: ViolationTable;
}

interface ScanTable {
  /** Order of beginning; what other tables refer to. */
  no: number;
  id: string;
  /** JSON of the scope. */
  scope: string;
  scope_key: string;
  status: ScanStatus;
  started_at: number;
  finished_at: number | null;
  policy_hash: string;
  snapshot: number;
  /** The store instance that runs the scan, and when it last gave a sign of life. */
  owner: string;
  heartbeat_at: number;
}

/** `scan_cells` holds each scan's outcomes, `cells` the latest believed one of every cell. */
interface CellTable {
  scan_no: number;
  cloud: Cloud;
  account: string;
  region: string;
  /** The type in lower case, or `*`. */
  type_key: string;
  resource_type: string;
  status: CellStatus;
  reason: CellReason | null;
  resources: number;
}

/** Where resources are: one cloud × account × region × type, with the counts of what is there. */
interface PlaceTable {
  id: number;
  cloud: Cloud;
  account: string;
  region: string;
  /** The type in lower case: clouds spell the same type in several ways. */
  type_key: string;
  /** The type as first seen. */
  resource_type: string;
  /** Resources of each verdict that are not gone. */
  compliant: number;
  non_compliant: number;
  exempt: number;
  unknown: number;
  out_of_scope: number;
  /** Violations of each severity. */
  errors: number;
  warnings: number;
  /** How many violation rows this place has ever had; see `row-id.ts`. */
  violation_rows: number;
}

/** What a policy can say of a resource, once; violations refer to it instead of repeating its text. */
interface FindingTable {
  id: number;
  /** SHA-256 of the columns below: the key that makes a finding unique. */
  digest: string;
  kind: ViolationKind;
  tag: string;
  severity: Severity;
  expected: string;
  rule: string;
}

/** How often a finding is made in a place. */
interface PlaceFindingTable {
  place_id: number;
  finding_id: number;
  count: number;
}

/** How many resources of a place lack the same; never 0. */
interface PlaceGapTable {
  place_id: number;
  gap: number;
  count: number;
}

interface ResourceTable {
  no: number;
  cloud: Cloud;
  /** Identity within the cloud; see `resourceKey`. */
  resource_key: string;
  /** The id as the cloud spelled it, where that differs from `resource_key`. */
  spelling: string | null;
  place_id: number;
  /** JSON array of [key, value], sorted by key; null when the tags could not be read. */
  tags: string | null;
  /** JSON array of [key, value, from]; null when no read told of inherited tags. */
  inherited_tags: string | null;
  /** JSON array of [kind, id]; null when the last read told of none. */
  links: string | null;
  created_at: string | null;
  /** What counts now: `unknown` when the latest read of its cell should have seen it and did not. */
  verdict: Verdict;
  /** Digest of everything a read can change; equal digest, nothing to rewrite. */
  state: string;
  first_seen_at: number;
  /** When, and by which scan, the row was written because of what was read; `sightings` may know of later. */
  last_seen_at: number;
  last_scan_no: number;
  /** When a complete read no longer found it; null while it exists. */
  gone_at: number | null;
  /** What it lacks, numbered as in `gap-number.ts`; null when nothing, or when it is gone. */
  gap: number | null;
  /** 1 once any read saw a tag on it, or its cloud said that it had some. */
  had_tags: number;
}

/** Of a resource that was seen again: when last, and by which scan. */
interface SightingTable {
  resource_no: number;
  seen_at: number;
  scan_no: number;
}

interface ViolationTable {
  /** Composed of severity, place and row; see `row-id.ts`. */
  id: number;
  resource_no: number;
  finding_id: number;
  actual: string | null;
  suggestion: string | null;
}
