import type { Cloud } from "../src/domain/cloud.ts";

/** A change of tags as the cloud's own log tells of it. */
export interface AuditEvent {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resourceId: string;
  /** As that cloud names who did it: an ARN, a user's principal name, an e-mail address. */
  readonly actor: string;
  /** Operation as that log names it, such as `TagResources`, `Microsoft.Resources/tags/write`. */
  readonly action: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** The cloud refused it: it is logged, and nothing was changed. Default false. */
  readonly failed?: boolean;
}

/** What the clouds' logs hold. Empty until something is recorded. */
export interface AuditTrail {
  record(event: AuditEvent): void;
  /** Events of one cloud, the last one first. */
  of(cloud: Cloud): readonly AuditEvent[];
}

export function createAuditTrail(): AuditTrail {
  const events: AuditEvent[] = [];
  return {
    record: (event) => void events.push(event),
    of: (cloud) =>
      events.filter((event) => event.cloud === cloud).toSorted((a, b) => b.atMs - a.atMs),
  };
}
