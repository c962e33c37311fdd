import type { Cloud } from "../domain/cloud.ts";
import type { Resource } from "../domain/resource.ts";
import type { ResourceTypeFacts } from "../domain/resource-type.ts";
import type { Cell, CellOutcome } from "../domain/scan/cell.ts";
import type { Scope } from "../domain/scan/scope.ts";
import type { Priority } from "../domain/scan/waiting-line.ts";
import type { ChangeLog } from "./change-log.ts";
import type { Doctor } from "./doctor.ts";
import type { Locate } from "./locate.ts";

/**
 * Reads one cell. `read` yields pages and returns when the cell was read to its end. It throws
 * `AppError` (`cloud_denied`, `cloud_region_disabled`, `cloud_throttled`, `cloud_timeout`,
 * `cloud_truncated`, `cloud_page_expired`, `credentials_expired`, `cloud_unavailable`, `cloud_unsupported`) when it could
 * not: pages yielded before that stay valid observations. It stops at once when `signal` aborts.
 */
export interface CellReader {
  readonly cell: Cell;
  /** `tagged_only`: resources that never had a tag are invisible here, so the cell ends `partial`. */
  readonly sees: "everything" | "tagged_only";
  read(signal: AbortSignal): AsyncIterable<readonly Resource[]>;
}

/** What planning a scan finds: a cell to read, or one already known to be unreadable. */
export type PlannedCell =
  | { readonly kind: "reader"; readonly reader: CellReader }
  | { readonly kind: "gap"; readonly outcome: CellOutcome };

export interface PlanOptions {
  /** Of every call made for planning and for reading the planned cells. Default `interactive`. */
  readonly priority?: Priority | undefined;
}

export interface Inventory {
  /**
   * The cells of `scope` in this cloud, as accounts and regions are found. Cells never overlap.
   * A broken account or region becomes a gap; only what leaves nothing to plan is thrown.
   * @throws {AppError} `credentials_missing`, `credentials_expired`, `cloud_denied`, `cloud_unavailable`,
   * `invalid_input` (an account the credentials do not reach; near matches in the hint).
   * `scope` holds only accounts, regions and types of this cloud; callers have narrowed it.
   */
  plan(scope: Scope, signal: AbortSignal, options?: PlanOptions): AsyncIterable<PlannedCell>;
}

/** One cloud. A group of verbs that is absent is a capability this cloud or credential does not have. */
export interface CloudProvider {
  readonly cloud: Cloud;
  /** Facts of every native type this build knows. Reading them imports no SDK and makes no call. */
  readonly resourceTypes: readonly ResourceTypeFacts[];
  /**
   * Region names this build knows, `global` included, in the spelling of `Resource.region`. Questions
   * that name a region are checked against it; scans find enabled regions by asking the cloud.
   */
  readonly regions: readonly string[];
  /** Tells an id of this cloud from others, and where the resource is as far as the id says. */
  readonly locate: Locate;
  readonly inventory: Inventory;
  /** Tells which permissions are missing. */
  readonly doctor?: Doctor;
  /** Tells who changed tags; only where it is switched on, because logs are slow to ask. */
  readonly changeLog?: ChangeLog;
  /** Requests sent to the cloud by this provider since it was made, retries included. */
  apiCalls(): number;
  close(): Promise<void>;
}
