import type { Cloud } from "../cloud.ts";
import type { Resource } from "../resource.ts";

/** Stands for "every region" or "every resource type" in a cell. */
export const ANY = "*";

/**
 * The unit of a scan and of its honesty: one cloud × account × region × resource type, each of the
 * last two possibly `*`. The cells of one scan never overlap: a resource is read by exactly one.
 */
export interface Cell {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resourceType: string;
}

/**
 * How a cell's read ended. Only `complete` may conclude that a resource is gone or a tag was removed.
 * `partial`: something was read, and something is known to be missing.
 */
export const CELL_STATUSES = [
  "complete",
  "partial",
  "denied",
  "disabled_region",
  "unsupported",
  "failed",
  "skipped",
] as const;
export type CellStatus = (typeof CELL_STATUSES)[number];

/** Why a cell is not complete: a closed list, because answers are built from it, never from cloud text. */
export const CELL_REASONS = [
  "tagged_only",
  "access_denied",
  "denied_by_organization_policy",
  "region_not_enabled",
  "throttled",
  "timeout",
  "truncated",
  "credentials_expired",
  "credentials_missing",
  "page_token_expired",
  "service_unavailable",
  "api_not_available",
  "cancelled",
  "internal_error",
] as const;
export type CellReason = (typeof CELL_REASONS)[number];

export interface CellOutcome {
  readonly cell: Cell;
  readonly status: CellStatus;
  /** Null exactly when `status` is `complete`. */
  readonly reason: CellReason | null;
  /** Resources this read saw. */
  readonly resources: number;
}

export function cellKey(cell: Cell): string {
  return `${cell.cloud}|${cell.account}|${cell.region}|${cell.resourceType}`;
}

/** Does the cell speak for this resource? Types compare without case, as Azure spells them freely. */
export function cellHolds(cell: Cell, resource: Resource): boolean {
  return (
    cell.cloud === resource.cloud &&
    cell.account === resource.account &&
    (cell.region === ANY || cell.region === resource.region) &&
    (cell.resourceType === ANY || cell.resourceType.toLowerCase() === resource.type.toLowerCase())
  );
}
