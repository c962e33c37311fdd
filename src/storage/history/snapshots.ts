import type { Kysely } from "kysely";
import { CLOUDS } from "../../domain/cloud.ts";
import type {
  Snapshot,
  SnapshotCounts,
  SnapshotFilter,
  SnapshotFinding,
} from "../../ports/history.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import { typeKey } from "../inventory/places.ts";
import { parseScope } from "../inventory/scan-rows.ts";
import { COUNTED } from "../inventory/place-sums.ts";
import type { Database } from "../schema.ts";
import type { Dimension } from "../tables/history.ts";

export async function snapshots(
  db: Kysely<Database>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly Snapshot[]> {
  const rows = await db
    .selectFrom("snapshots")
    .select(["scan_no", "scan_id", "kind", "scope", "started_at", "finished_at", "policy_hash"])
    .select(["cells_total", "cells_complete"])
    .where("started_at", ">=", fromMs)
    .where("started_at", "<", toMs)
    .orderBy("started_at")
    .orderBy("scan_no")
    .execute();
  // Every day's scope is mostly the same text.
  const scopes = new Map<string, Scope>();
  const scopeOf = (text: string): Scope => {
    const scope = scopes.get(text) ?? parseScope(text);
    scopes.set(text, scope);
    return scope;
  };
  return rows.map((row) => ({
    no: row.scan_no,
    scanId: row.scan_id,
    kind: row.kind,
    scope: scopeOf(row.scope),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    policyHash: row.policy_hash,
    cellsTotal: row.cells_total,
    cellsComplete: row.cells_complete,
  }));
}

/** Adds up the rows of the one dimension that the filter needs: a few for every snapshot. */
export async function countsOf(
  db: Kysely<Database>,
  numbers: { readonly from: number; readonly to: number },
  filter: SnapshotFilter,
): Promise<ReadonlyMap<number, SnapshotCounts>> {
  const dimension = dimensionOf(filter);
  let query = db
    .selectFrom("snapshot_counts")
    .select((eb) => ["scan_no" as const, ...COUNTED.map((column) => eb.fn.sum(column).as(column))])
    .where("dimension", "=", dimension)
    .where("scan_no", ">=", numbers.from)
    .where("scan_no", "<=", numbers.to)
    .groupBy("scan_no");
  // Every column before `scan_no` is given, so that the key is used up to the range of scans.
  if (dimension === "total") query = query.where("cloud", "=", "");
  else query = query.where("cloud", "in", filter.clouds.length > 0 ? filter.clouds : CLOUDS);
  if (filter.accounts.length > 0) query = query.where("account", "in", filter.accounts);
  else query = query.where("account", "=", "");
  if (dimension === "type")
    query = query.where("type_key", "in", filter.resourceTypes.map(typeKey));
  else query = query.where("type_key", "=", "");
  const rows = await query.execute();
  return new Map(
    rows.map((row) => [
      row.scan_no,
      {
        compliant: Number(row.compliant),
        non_compliant: Number(row.non_compliant),
        exempt: Number(row.exempt),
        unknown: Number(row.unknown),
        out_of_scope: Number(row.out_of_scope),
        errors: Number(row.errors),
        warnings: Number(row.warnings),
      },
    ]),
  );
}

function dimensionOf({ clouds, accounts, resourceTypes }: SnapshotFilter): Dimension {
  if (accounts.length > 0) return "account";
  if (resourceTypes.length > 0) return "type";
  return clouds.length > 0 ? "cloud" : "total";
}

export async function findingsOf(
  db: Kysely<Database>,
  numbers: { readonly from: number; readonly to: number },
  { tag, clouds }: { readonly tag: string; readonly clouds: SnapshotFilter["clouds"] },
): Promise<readonly SnapshotFinding[]> {
  let query = db
    .selectFrom("snapshot_findings")
    .select(["scan_no", "kind", "severity"])
    .select((eb) => eb.fn.sum("count").as("count"))
    .where("tag", "=", tag)
    .where("scan_no", ">=", numbers.from)
    .where("scan_no", "<=", numbers.to)
    .groupBy(["scan_no", "kind", "severity"])
    .orderBy("scan_no");
  if (clouds.length > 0) query = query.where("cloud", "in", clouds);
  const rows = await query.execute();
  return rows.map(({ scan_no: no, kind, severity, count }) => ({
    no,
    kind,
    severity,
    count: Number(count),
  }));
}
