import { hmacSha256 } from "./hmac.ts";
import type { AuditActor, AuditEvent, AuditRecord } from "../../ports/audit.ts";
import type { AuditRecordTable } from "../tables/audit.ts";

/** What the first record names as its predecessor. */
export const GENESIS = "";

type Unhashed = Omit<AuditRecordTable, "hash">;

/** The row of an event at its place in the chain. */
export function chained(
  key: Uint8Array,
  event: AuditEvent,
  place: { readonly seq: number; readonly previousHash: string },
): AuditRecordTable {
  const row: Unhashed = {
    seq: place.seq,
    at_ms: event.atMs,
    event: event.event,
    correlation_id: event.correlationId,
    actor: JSON.stringify(event.actor),
    channel: event.channel,
    action: event.action,
    arguments_digest: event.argumentsDigest,
    outcome: event.outcome,
    details: JSON.stringify(event.details),
    previous_hash: place.previousHash,
  };
  return { ...row, hash: hashOf(key, row) };
}

/** Over every column, its place included: a record cannot be changed, moved or copied. */
export function hashOf(key: Uint8Array, row: Unhashed): string {
  return mac(key, [
    row.seq,
    row.previous_hash,
    row.at_ms,
    row.event,
    row.correlation_id,
    row.actor,
    row.channel,
    row.action,
    row.arguments_digest,
    row.outcome,
    row.details,
  ]);
}

export function headMac(key: Uint8Array, head: { seq: number; hash: string }): string {
  return mac(key, ["head", head.seq, head.hash]);
}

export function checkpointMac(
  key: Uint8Array,
  point: { through_seq: number; hash: string; at_ms: number },
): string {
  return mac(key, ["checkpoint", point.through_seq, point.hash, point.at_ms]);
}

function mac(key: Uint8Array, parts: readonly unknown[]): string {
  return hmacSha256(key, JSON.stringify(parts));
}

export function toRecord(row: AuditRecordTable): AuditRecord {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this folder writes the column
  const actor = JSON.parse(row.actor) as AuditActor;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this folder writes the column
  const details = JSON.parse(row.details) as Record<string, unknown>;
  return {
    seq: row.seq,
    atMs: row.at_ms,
    event: row.event,
    correlationId: row.correlation_id,
    actor,
    channel: row.channel,
    action: row.action,
    argumentsDigest: row.arguments_digest,
    outcome: row.outcome,
    details,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
