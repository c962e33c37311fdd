import type { Cloud } from "../domain/cloud.ts";
import type { ErrorCode } from "../domain/errors.ts";

/**
 * `ok`: a read that needs it worked. `missing`: the cloud refused for want of it. `not_needed`: nothing
 * that is configured here uses it. `untried`: there was nothing to try it on. `unknown`: it was tried and
 * the answer said neither.
 */
export const PERMISSION_STATES = ["missing", "unknown", "untried", "ok", "not_needed"] as const;
export type PermissionState = (typeof PERMISSION_STATES)[number];

/** One permission, tried in one place. */
export interface PermissionCheck {
  readonly cloud: Cloud;
  readonly account: string;
  /** As the cloud spells it: `lambda:ListFunctions`. */
  readonly permission: string;
  /** What cannot be read without it, in our own words or as resource types. */
  readonly neededFor: string;
  /** The one command, role or action that grants it. Words in capitals are to be filled in. */
  readonly remedy: string;
  readonly state: PermissionState;
  /** Why it is `unknown`; null otherwise. */
  readonly reason: ErrorCode | null;
  /** Who refused, where the cloud says: `service_control_policy`; null otherwise. */
  readonly deniedBy: string | null;
}

/** Tells which read permissions the configured credentials have, by trying. It changes nothing. */
export interface Doctor {
  /**
   * One check per account and permission, as they are found.
   * @throws {AppError} `credentials_missing`, `credentials_expired`, `cloud_unavailable`, `cloud_timeout`
   * when nothing can be tried at all; `cancelled`.
   */
  checks(signal: AbortSignal): AsyncIterable<PermissionCheck>;
}
