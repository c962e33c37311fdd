import type { AuditRecord } from "./audit.ts";

export interface AuditTrailRequest {
  /** Records of this tenant alone; null: of callers without one. */
  readonly tenant: string | null;
  /** Only records with smaller numbers. Default: from the newest. */
  readonly beforeSeq?: number;
  readonly action?: string;
  readonly outcome?: string;
  readonly limit: number;
}

export interface AuditTrail {
  /** Newest first. */
  readonly records: readonly AuditRecord[];
  /** Pass as `beforeSeq` to go on; null: nothing older is kept. A page can be empty and not the last. */
  readonly nextBeforeSeq: number | null;
}

/** @throws {AppError} `storage_unavailable` */
export type ReadAuditTrail = (request: AuditTrailRequest) => Promise<AuditTrail>;
