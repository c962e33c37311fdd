import type { AuditEventKind } from "../../ports/audit.ts";

/** Who did what: append-only, which triggers enforce. */
export interface AuditTables {
  audit_records: AuditRecordTable;
  audit_head: AuditHeadTable;
  audit_checkpoints: AuditCheckpointTable;
}

export interface AuditRecordTable {
  seq: number;
  at_ms: number;
  event: AuditEventKind;
  correlation_id: string;
  /** JSON of the actor. */
  actor: string;
  channel: string;
  action: string;
  arguments_digest: string | null;
  outcome: string;
  /** JSON. */
  details: string;
  previous_hash: string;
  hash: string;
}

/** One row: the newest record. Whoever appends holds it for the length of a transaction. */
interface AuditHeadTable {
  chain: string;
  seq: number;
  hash: string;
  /** HMAC over number and hash: without the key nobody can make a shorter chain look whole. */
  mac: string;
}

/** Records up to `through_seq` may be deleted, and were, on purpose. */
interface AuditCheckpointTable {
  through_seq: number;
  /** Hash of the last record that was removed. */
  hash: string;
  at_ms: number;
  mac: string;
}
