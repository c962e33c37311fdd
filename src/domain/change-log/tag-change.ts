import type { Cloud } from "../cloud.ts";

/** A difference in a resource's tags that two reads of it showed; who made it is asked for. */
export interface TagChangeSeen {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resourceId: string;
  readonly resourceType: string;
  /** Epoch milliseconds of the read that still saw the old tags. */
  readonly changedAfterMs: number;
  /** Epoch milliseconds of the read that saw the new tags. */
  readonly changedBeforeMs: number;
}

/**
 * `found`: the cloud's log names who. `not_logged`: the log was read and holds no such change, or not
 * yet. `denied`: the credentials may not read it. `beyond_retention`: nothing was found, and part of the
 * window is older than the log. `not_configured`: this cloud's log is not asked. `failed`: it could not
 * be read.
 */
export const ACTOR_REASONS = [
  "found",
  "not_logged",
  "denied",
  "beyond_retention",
  "not_configured",
  "failed",
] as const;
export type ActorReason = (typeof ACTOR_REASONS)[number];

/** Who changed a resource's tags last in the window that was asked about. */
export interface ChangeActor {
  /** As the cloud names it: an ARN, an e-mail address, an application id. Untrusted text; null unless `found`. */
  readonly actor: string | null;
  /** Epoch milliseconds; null unless `found`. */
  readonly atMs: number | null;
  /** The operation as the log names it, such as `TagResource`; null unless `found`. */
  readonly action: string | null;
  /** Others who changed tags of the resource in the same window: with any, `actor` need not be the one. */
  readonly otherActors: number;
  readonly reason: ActorReason;
}

/** How far back each cloud's log goes, in days, with nothing set up for longer. */
export const CHANGE_LOG_RETENTION_DAYS = {
  /** CloudTrail event history (AWS CloudTrail User Guide, "Working with CloudTrail event history"). */
  aws: 90,
  /** Activity log (learn.microsoft.com/azure/azure-monitor/platform/activity-log, "Retention period"). */
  azure: 90,
  /** Admin Activity audit logs in the _Required bucket (cloud.google.com/logging/quotas). */
  gcp: 400,
} as const satisfies Readonly<Record<Cloud, number>>;

/** The answer where the log names nobody. */
export function unnamedActor(reason: Exclude<ActorReason, "found">): ChangeActor {
  return { actor: null, atMs: null, action: null, otherActors: 0, reason };
}
