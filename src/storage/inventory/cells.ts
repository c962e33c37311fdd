import type { Kysely, Transaction } from "kysely";
import { ANY, type Cell, type CellOutcome } from "../../domain/scan/cell.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { Database } from "../schema.ts";
import { cellScope, typeKey } from "./places.ts";
import { int64, rowInsert, text } from "./row-insert.ts";
import { covers, lastFinishedScans } from "./scan-rows.ts";
import { placeKey } from "./seen-row.ts";

/**
 * An interrupted read says nothing of what it did not see: someone stopped it, no cloud refused it. So
 * cancelling a scan must not make what was known unknown.
 */
export function isInterrupted({ status, reason }: Omit<CellOutcome, "cell">): boolean {
  return status === "skipped" || reason === "cancelled";
}

type CellRow = Database["scan_cells"];

const upsertOutcomes = rowInsert<"scan_cells", CellRow>(
  "scan_cells",
  {
    scan_no: int64((row) => row.scan_no),
    cloud: text((row) => row.cloud),
    account: text((row) => row.account),
    region: text((row) => row.region),
    type_key: text((row) => row.type_key),
    resource_type: text((row) => row.resource_type),
    status: text((row) => row.status),
    reason: text((row) => row.reason),
    resources: int64((row) => row.resources),
  },
  (insert) =>
    insert.onConflict((conflict) =>
      conflict.columns(["scan_no", "cloud", "account", "region", "type_key"]).doUpdateSet((eb) => ({
        status: eb.ref("excluded.status"),
        reason: eb.ref("excluded.reason"),
        resources: eb.ref("excluded.resources"),
      })),
    ),
);

/** Of a cell that ended more than once, the last outcome. */
export async function recordOutcomes(
  trx: Transaction<Database>,
  scanNo: number,
  outcomes: readonly CellOutcome[],
): Promise<void> {
  const rows = new Map<string, CellRow>();
  for (const { cell, status, reason, resources } of outcomes) {
    const { cloud, account, region, resourceType } = cell;
    const type_key = typeKey(resourceType);
    const where = { scan_no: scanNo, cloud, account, region, type_key };
    const row = { ...where, resource_type: resourceType, status, reason, resources };
    rows.set(placeKey({ cloud, account, region, type: type_key }), row);
  }
  await upsertOutcomes(trx, [...rows.values()]);
}

export async function outcomesOf(
  db: Kysely<Database>,
  scanNo: number,
): Promise<readonly CellOutcome[]> {
  const rows = await db
    .selectFrom("scan_cells")
    .selectAll()
    .where("scan_no", "=", scanNo)
    .execute();
  return rows.map(cellOutcome);
}

/** Bad news is believed at once, `complete` only when its scan was brought to an end. */
export async function believeBadNews(
  trx: Transaction<Database>,
  scanNo: number,
  { cell, status }: CellOutcome,
): Promise<void> {
  if (status === "complete") return;
  const outcome = outcomeRows(trx, scanNo)
    .where("cloud", "=", cell.cloud)
    .where("account", "=", cell.account)
    .where("region", "=", cell.region)
    .where("type_key", "=", typeKey(cell.resourceType));
  await believe(trx, outcome);
}

/** Believes what a scan that ends has found; not the interrupted reads when it did not come to its end. */
export async function believeOutcomes(
  trx: Transaction<Database>,
  scanNo: number,
  which: "all" | "all_but_interrupted",
): Promise<void> {
  let outcomes = outcomeRows(trx, scanNo);
  if (which === "all_but_interrupted")
    outcomes = outcomes
      .where("status", "!=", "skipped")
      .where("reason", "is distinct from", "cancelled");
  await believe(trx, outcomes);
}

const COLUMNS = [
  "scan_no",
  "cloud",
  "account",
  "region",
  "type_key",
  "resource_type",
  "status",
  "reason",
  "resources",
] as const;

type OutcomeRows = ReturnType<typeof outcomeRows>;

function outcomeRows(trx: Transaction<Database>, scanNo: number) {
  return trx.selectFrom("scan_cells").select(COLUMNS).where("scan_no", "=", scanNo);
}

/** Makes outcomes the latest ones of their cells, unless a scan that began later has already spoken. */
async function believe(trx: Transaction<Database>, outcomes: OutcomeRows): Promise<void> {
  await trx
    .insertInto("cells")
    .columns(COLUMNS)
    .expression(outcomes)
    .onConflict((conflict) =>
      conflict
        .columns(["cloud", "account", "region", "type_key"])
        .doUpdateSet((eb) => ({
          scan_no: eb.ref("excluded.scan_no"),
          status: eb.ref("excluded.status"),
          reason: eb.ref("excluded.reason"),
          resources: eb.ref("excluded.resources"),
        }))
        .whereRef("excluded.scan_no", ">=", "cells.scan_no"),
    )
    .execute();
}

/**
 * Latest outcomes of the cells that touch the scope, without those that a later scan made obsolete: a
 * finished scan whose scope covered a cell's share of the question has planned that share anew.
 */
export async function coverageOf(
  db: Kysely<Database>,
  scope: Scope,
): Promise<readonly CellOutcome[]> {
  const rows = await cellsTouching(db, scope).selectAll().execute();
  const finished = await lastFinishedScans(db);
  return rows
    .filter((row) => {
      const later = finished.filter((scan) => scan.no > row.scan_no);
      if (later.length === 0) return true;
      const share = shareOf(cellOutcome(row).cell, scope);
      return !later.some((scan) => covers(scan.record.scope, share));
    })
    .map(cellOutcome);
}

function cellsTouching(db: Kysely<Database>, scope: Scope) {
  const { clouds, accounts, regions, resourceTypes } = scope;
  let query = db.selectFrom("cells");
  if (clouds.length > 0) query = query.where("cloud", "in", clouds);
  if (accounts.length > 0) query = query.where("account", "in", [...accounts, ANY]);
  if (regions.length > 0) query = query.where("region", "in", [...regions, ANY]);
  if (resourceTypes.length > 0)
    query = query.where("type_key", "in", [...resourceTypes.map(typeKey), ANY]);
  return query.orderBy("cloud").orderBy("account").orderBy("region").orderBy("type_key");
}

/** The part of the question that is this cell's to answer. */
function shareOf(cell: Cell, scope: Scope): Scope {
  const own = cellScope(cell);
  const narrower = (mine: readonly string[], asked: readonly string[]): readonly string[] =>
    mine.length > 0 ? mine : asked;
  return {
    clouds: own.clouds,
    accounts: narrower(own.accounts, scope.accounts),
    regions: narrower(own.regions, scope.regions),
    resourceTypes: narrower(own.resourceTypes, scope.resourceTypes),
  };
}

function cellOutcome(row: Database["cells"]): CellOutcome {
  const { cloud, account, region, resource_type: resourceType } = row;
  return {
    cell: { cloud, account, region, resourceType },
    status: row.status,
    reason: row.reason,
    resources: row.resources,
  };
}
