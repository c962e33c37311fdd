import { AppError, type ErrorCode } from "../errors.ts";
import type { CellReason, CellStatus } from "./cell.ts";

interface Failure {
  readonly status: Exclude<CellStatus, "complete">;
  readonly reason: CellReason;
}

/** `details.deniedBy` of a `cloud_denied` that an organization's policy causes, not the caller's role. */
export const SERVICE_CONTROL_POLICY = "service_control_policy";

const BY_CODE: Partial<Record<ErrorCode, Failure>> = {
  cloud_denied: { status: "denied", reason: "access_denied" },
  cloud_region_disabled: { status: "disabled_region", reason: "region_not_enabled" },
  cloud_throttled: { status: "failed", reason: "throttled" },
  cloud_timeout: { status: "failed", reason: "timeout" },
  cloud_truncated: { status: "failed", reason: "truncated" },
  cloud_page_expired: { status: "failed", reason: "page_token_expired" },
  cloud_unavailable: { status: "failed", reason: "service_unavailable" },
  cloud_unsupported: { status: "unsupported", reason: "api_not_available" },
  credentials_expired: { status: "failed", reason: "credentials_expired" },
  credentials_missing: { status: "failed", reason: "credentials_missing" },
  deadline_exceeded: { status: "skipped", reason: "cancelled" },
  cancelled: { status: "skipped", reason: "cancelled" },
};

/**
 * How a cell ends when its read threw. Something read before the failure makes it `partial`: those
 * observations are true, and the rest of the cell is unknown.
 */
export function cellFailure(error: unknown, resourcesRead: number): Failure {
  const failure = failureOf(error);
  return resourcesRead > 0 ? { ...failure, status: "partial" } : failure;
}

function failureOf(error: unknown): Failure {
  const known = error instanceof AppError ? BY_CODE[error.code] : undefined;
  if (known === undefined) return { status: "failed", reason: "internal_error" };
  const byOrganization =
    error instanceof AppError && error.details["deniedBy"] === SERVICE_CONTROL_POLICY;
  return byOrganization ? { ...known, reason: "denied_by_organization_policy" } : known;
}
