import { AppError, type ErrorCode } from "../errors.ts";
import type { CellReason, CellStatus } from "./cell.ts";

interface Failure {
  readonly status: Exclude<CellStatus, "complete">;
  readonly reason: CellReason;
}

const BY_CODE: Partial<Record<ErrorCode, Failure>> = {
  cloud_denied: { status: "denied", reason: "access_denied" },
  cloud_region_disabled: { status: "disabled_region", reason: "region_not_enabled" },
  cloud_throttled: { status: "failed", reason: "throttled" },
  cloud_timeout: { status: "failed", reason: "timeout" },
  cloud_truncated: { status: "failed", reason: "truncated" },
  cloud_unavailable: { status: "failed", reason: "service_unavailable" },
  cloud_unsupported: { status: "unsupported", reason: "api_not_available" },
  credentials_expired: { status: "failed", reason: "credentials_expired" },
  credentials_missing: { status: "failed", reason: "credentials_missing" },
  cancelled: { status: "skipped", reason: "cancelled" },
};

/**
 * How a cell ends when its read threw. Something read before the failure makes it `partial`: those
 * observations are true, and the rest of the cell is unknown.
 */
export function cellFailure(error: unknown, resourcesRead: number): Failure {
  const failure = (error instanceof AppError ? BY_CODE[error.code] : undefined) ?? {
    status: "failed",
    reason: "internal_error",
  };
  return resourcesRead > 0 ? { ...failure, status: "partial" } : failure;
}
