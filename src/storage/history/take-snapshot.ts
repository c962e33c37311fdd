import { sql, type Transaction } from "kysely";
import type { CellOutcome } from "../../domain/scan/cell.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { SnapshotKind } from "../../ports/history.ts";
import type { ScanRecord } from "../../ports/inventory.ts";
import { occupiedPlacesIn, placesIn } from "../inventory/places.ts";
import { COUNTED } from "../inventory/place-sums.ts";
import type { Database } from "../schema.ts";
import type { Dimension } from "../tables/history.ts";

/** Notes how far the numbering is at the end of a scan: the scan can be compared with from now on. */
export async function markEnd(
  trx: Transaction<Database>,
  scanNo: number,
  nowMs: number,
): Promise<void> {
  const counter = (name: "change" | "resource") =>
    trx.selectFrom("counters").select("value").where("name", "=", name).executeTakeFirst();
  const [change, resource] = [await counter("change"), await counter("resource")];
  await trx
    .insertInto("scan_marks")
    .values({
      scan_no: scanNo,
      change_no: change?.value ?? 0,
      resource_no: resource?.value ?? 0,
      at: nowMs,
    })
    .execute();
}

/** Findings name keys found on resources, so their number is not bounded by the policy. */
const MOST_FINDINGS = 1000;

/**
 * Keeps the counts of a scan that ends. They are summed from the counts of places, whatever the number
 * of resources; their tags need no copy, since later changes can be undone.
 */
export async function takeSnapshot(
  trx: Transaction<Database>,
  scan: { readonly no: number; readonly record: ScanRecord; readonly kind: SnapshotKind },
  outcomes: readonly CellOutcome[],
): Promise<void> {
  const { id, scope, status, startedAt, finishedAt, policyHash } = scan.record;
  await trx
    .insertInto("snapshots")
    .values({
      scan_no: scan.no,
      scan_id: id,
      kind: scan.kind,
      scope: JSON.stringify(scope),
      status,
      started_at: startedAt,
      finished_at: finishedAt ?? startedAt,
      policy_hash: policyHash,
      cells_total: outcomes.length,
      cells_complete: outcomes.filter((outcome) => outcome.status === "complete").length,
    })
    .execute();
  for (const dimension of DIMENSIONS) await keepCounts(trx, scope, { dimension, scanNo: scan.no });
  await keepFindings(trx, scope, scan.no);
}

type PlaceColumn = "cloud" | "account" | "type_key";

const DIMENSION_COLUMNS: Readonly<Record<Dimension, readonly PlaceColumn[]>> = {
  total: [],
  cloud: ["cloud"],
  account: ["cloud", "account"],
  type: ["cloud", "type_key"],
};
const DIMENSIONS = ["total", "cloud", "account", "type"] as const;

async function keepCounts(
  trx: Transaction<Database>,
  scope: Scope,
  { dimension, scanNo }: { readonly dimension: Dimension; readonly scanNo: number },
): Promise<void> {
  const columns = DIMENSION_COLUMNS[dimension];
  const text = (column: PlaceColumn) =>
    (columns.includes(column)
      ? sql.ref(`places.${column}`)
      : sql`cast('' as text)`
    ).$castTo<string>();
  let counts = occupiedPlacesIn(trx, scope).select((eb) => [
    sql<string>`cast(${dimension} as text)`.as("dimension"),
    text("cloud").as("cloud"),
    text("account").as("account"),
    text("type_key").as("type_key"),
    sql<number>`cast(${scanNo} as bigint)`.as("scan_no"),
    ...COUNTED.map((column) =>
      eb.fn.coalesce(eb.fn.sum<number>(`places.${column}`), sql<number>`0`).as(column),
    ),
  ]);
  for (const column of columns) counts = counts.groupBy(`places.${column}`);
  await trx
    .insertInto("snapshot_counts")
    .columns(["dimension", "cloud", "account", "type_key", "scan_no", ...COUNTED])
    .expression(counts)
    .execute();
}

async function keepFindings(
  trx: Transaction<Database>,
  scope: Scope,
  scanNo: number,
): Promise<void> {
  await trx
    .insertInto("snapshot_findings")
    .columns(["scan_no", "cloud", "tag", "kind", "severity", "count"])
    .expression(
      placesIn(trx, scope)
        .innerJoin("place_findings", "place_findings.place_id", "places.id")
        .innerJoin("findings", "findings.id", "place_findings.finding_id")
        .select((eb) => [
          sql<number>`cast(${scanNo} as bigint)`.as("scan_no"),
          "places.cloud",
          "findings.tag",
          "findings.kind",
          "findings.severity",
          eb.fn.sum<number>("place_findings.count").as("count"),
        ])
        .groupBy(["places.cloud", "findings.tag", "findings.kind", "findings.severity"])
        .orderBy("count", "desc")
        .limit(MOST_FINDINGS),
    )
    .execute();
}
