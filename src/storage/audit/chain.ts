import { hmacSha256 } from "./hmac.ts";
import type { AuditActor, AuditEvent, AuditRecord } from "../../ports/audit.ts";
import type { AuditRecordTable } from "../tables/audit.ts";

/** What the first record names as its predecessor. */
export const GENESIS = "";

type Unhashed = Omit<AuditRecordTable, "hash">;

/** What the hash of a record covers, in the order in which it is covered. `null`: no arguments. */
export const SIGNED_COLUMNS = [
  "seq",
  "previous_hash",
  "at_ms",
  "event",
  "correlation_id",
  "actor",
  "channel",
  "action",
  "arguments_digest",
  "outcome",
  "details",
] as const satisfies readonly (keyof Unhashed)[];

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
    action: storable(event.action),
    arguments_digest: event.argumentsDigest,
    outcome: event.outcome,
    details: JSON.stringify(event.details),
    previous_hash: place.previousHash,
  };
  return { ...row, hash: hashOf(key, row) };
}

/** Over every column, its place included: a record cannot be changed, moved or copied. */
function hashOf(key: Uint8Array, row: Unhashed): string {
  return signedHash(
    key,
    SIGNED_COLUMNS.map((column) => row[column]),
  );
}

/** @param values of `SIGNED_COLUMNS` */
export function signedHash(key: Uint8Array, values: readonly unknown[]): string {
  return mac(key, values);
}

/** The one text of a record that callers choose. Half a character and NUL come back from no database. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
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
