import type { Kysely, Selectable, Transaction } from "kysely";
import { z } from "zod";
import { CLOUDS } from "../../domain/cloud.ts";
import { AppError } from "../../domain/errors.ts";
import { type Scope, scopeCovers, scopeKey } from "../../domain/scan/scope.ts";
import type { NewScan, ScanRecord, ScanStatus } from "../../ports/inventory.ts";
import { hasEnded } from "../process-identity.ts";
import type { Database } from "../schema.ts";
import { takeNumbers } from "./counters.ts";
import { typeKey } from "./places.ts";

const StoredScope = z.object({
  clouds: z.array(z.enum(CLOUDS)),
  accounts: z.array(z.string()),
  regions: z.array(z.string()),
  resourceTypes: z.array(z.string()),
});

/** A finished scan of which the outcome counts, by its number. */
export interface FinishedScan {
  readonly no: number;
  readonly record: ScanRecord;
}

/** Takes the number of a new scan, and with it the lock under which scans begin one after another. */
export function nextScanNo(trx: Transaction<Database>): Promise<number> {
  return takeNumbers(trx, "scan", 1);
}

/** 0: not kept. 1: kept on request. 2: kept by schedule. */
export function snapshotFlag({ snapshot, snapshotKind = "ad_hoc" }: NewScan): 0 | 1 | 2 {
  if (!snapshot) return 0;
  return snapshotKind === "scheduled" ? 2 : 1;
}

export async function insertScan(
  trx: Transaction<Database>,
  no: number,
  scan: NewScan,
  lease: { readonly owner: string; readonly nowMs: number },
): Promise<void> {
  await trx
    .insertInto("scans")
    .values({
      no,
      id: scan.id,
      scope: JSON.stringify(scan.scope),
      scope_key: scopeKey(scan.scope),
      status: "running",
      started_at: scan.startedAt,
      finished_at: null,
      policy_hash: scan.policyHash,
      snapshot: snapshotFlag(scan),
      owner: lease.owner,
      heartbeat_at: lease.nowMs,
    })
    .execute();
}

/**
 * Proves that the scan is still ours to write, and renews its lease. Part of every write.
 * @throws {AppError} `storage_unavailable` when the scan was closed meanwhile: by `finish`, or by a
 * process that took it for abandoned.
 */
export async function renewLease(
  trx: Transaction<Database>,
  no: number,
  nowMs: number,
): Promise<void> {
  const result = await trx
    .updateTable("scans")
    .set({ heartbeat_at: nowMs })
    .where("no", "=", no)
    .where("status", "=", "running")
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw closedScan();
}

export function closedScan(): AppError {
  return new AppError("storage_unavailable", "This scan is already closed: nothing was stored.", {
    hint: "Scan again. A scan that is silent for too long (a suspended machine) is closed by others.",
  });
}

/** Signs of life of scans that wait for their clouds. */
export async function beat(
  db: Kysely<Database>,
  numbers: readonly number[],
  nowMs: number,
): Promise<void> {
  await db
    .updateTable("scans")
    .set({ heartbeat_at: nowMs })
    .where("no", "in", numbers)
    .where("status", "=", "running")
    .execute();
}

export async function closeScan(
  trx: Transaction<Database>,
  no: number,
  ended: { readonly status: Exclude<ScanStatus, "running">; readonly nowMs: number },
): Promise<ScanRecord> {
  const row = await trx
    .updateTable("scans")
    .set({ status: ended.status, finished_at: ended.nowMs })
    .where("no", "=", no)
    .returningAll()
    .executeTakeFirstOrThrow();
  return scanRecord(row);
}

/**
 * Fails the running scans of other owners of which the process has ended, as far as that can be seen from
 * here, or that gave no sign of life since `silentSinceMs`.
 */
export async function failAbandonedScans(
  db: Kysely<Database>,
  own: { readonly owner: string; readonly silentSinceMs: number; readonly nowMs: number },
): Promise<number> {
  const others = await db
    .selectFrom("scans")
    .select("owner")
    .distinct()
    .where("status", "=", "running")
    .where("owner", "!=", own.owner)
    .execute();
  if (others.length === 0) return 0;
  const ended = others.map(({ owner }) => owner).filter(hasEnded);
  const result = await db
    .updateTable("scans")
    .set({ status: "failed", finished_at: own.nowMs })
    .where("status", "=", "running")
    .where("owner", "!=", own.owner)
    .where((eb) =>
      eb.or([
        eb("heartbeat_at", "<", own.silentSinceMs),
        ...(ended.length === 0 ? [] : [eb("owner", "in", ended)]),
      ]),
    )
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

export async function findScan(db: Kysely<Database>, id: string): Promise<ScanRecord | undefined> {
  const row = await db.selectFrom("scans").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : scanRecord(row);
}

/** The last `complete` or `partial` scan of every scope that was ever scanned, youngest first. */
export async function lastFinishedScans(db: Kysely<Database>): Promise<readonly FinishedScan[]> {
  const rows = await db
    .selectFrom("scans")
    .selectAll()
    .where("no", "in", (eb) =>
      eb
        .selectFrom("scans")
        .select((max) => max.fn.max("no").as("no"))
        .where("status", "in", ["complete", "partial"])
        .groupBy("scope_key"),
    )
    .orderBy("no", "desc")
    .execute();
  return rows.map((row) => ({ no: row.no, record: scanRecord(row) }));
}

/** `scopeCovers`, with types compared without case. */
export function covers(wide: Scope, narrow: Scope): boolean {
  return scopeCovers(foldTypes(wide), foldTypes(narrow));
}

function foldTypes(scope: Scope): Scope {
  return { ...scope, resourceTypes: scope.resourceTypes.map(typeKey) };
}

/**
 * The youngest scan that can answer for a scope. None when a scan by another policy wrote to the same
 * ground after it began: the stored verdicts would be a mixture of two policies.
 */
export async function latestScanCovering(
  db: Kysely<Database>,
  scope: Scope,
): Promise<ScanRecord | undefined> {
  const latest = (await lastFinishedScans(db)).find((scan) => covers(scan.record.scope, scope));
  if (latest === undefined) return undefined;
  const rivals = await db
    .selectFrom("scans")
    .select("scope")
    .where("policy_hash", "!=", latest.record.policyHash)
    .where((eb) =>
      eb.or([
        eb("no", ">", latest.no),
        eb("finished_at", "is", null),
        eb("finished_at", ">", latest.record.startedAt),
      ]),
    )
    .distinct()
    .execute();
  return rivals.some((rival) => overlaps(parseScope(rival.scope), scope))
    ? undefined
    : latest.record;
}

/** Can anything be in both scopes? */
export function overlaps(one: Scope, other: Scope): boolean {
  const meet = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === 0 || b.length === 0 || a.some((value) => b.includes(value));
  const [a, b] = [foldTypes(one), foldTypes(other)];
  return (
    meet(a.clouds, b.clouds) &&
    meet(a.accounts, b.accounts) &&
    meet(a.regions, b.regions) &&
    meet(a.resourceTypes, b.resourceTypes)
  );
}

/** A scope from its column. */
export function parseScope(text: string): Scope {
  return StoredScope.parse(JSON.parse(text));
}

export function scanRecord(row: Selectable<Database["scans"]>): ScanRecord {
  return {
    id: row.id,
    scope: parseScope(row.scope),
    status: row.status,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    policyHash: row.policy_hash,
    snapshot: row.snapshot !== 0,
  };
}
