import type { Kysely } from "kysely";
import type { CellOutcome } from "../../domain/scan/cell.ts";
import type { Baseline, Mark } from "../../ports/history.ts";
import { outcomesOf } from "../inventory/cells.ts";
import { parseScope } from "../inventory/scan-rows.ts";
import type { Database } from "../schema.ts";

/** Baselines read at once: the wanted one is mostly among the first. */
const PAGE = 32;

function marked(db: Kysely<Database>) {
  return db
    .selectFrom("scan_marks")
    .innerJoin("scans", "scans.no", "scan_marks.scan_no")
    .leftJoin("snapshots", "snapshots.scan_no", "scan_marks.scan_no")
    .select([
      "scan_marks.scan_no",
      "scan_marks.change_no",
      "scan_marks.resource_no",
      "scan_marks.at",
      "scans.id",
      "scans.scope",
      "scans.started_at",
      "scans.policy_hash",
      "snapshots.kind",
    ]);
}

type Marked = Awaited<ReturnType<ReturnType<typeof marked>["execute"]>>[number];

export async function baseline(
  db: Kysely<Database>,
  scanId: string,
): Promise<Baseline | undefined> {
  const row = await marked(db).where("scans.id", "=", scanId).executeTakeFirst();
  return row === undefined ? undefined : toBaseline(row);
}

/** Youngest first; of those that ended by `untilMs` when that is given. */
export async function* baselines(
  db: Kysely<Database>,
  untilMs: number = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Baseline> {
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await marked(db)
      .where("scan_marks.at", "<=", untilMs)
      .where("scan_marks.scan_no", "<", before)
      .orderBy("scan_marks.scan_no", "desc")
      .limit(PAGE)
      .execute();
    for (const row of rows) yield toBaseline(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    before = last.scan_no;
  }
}

function toBaseline(row: Marked): Baseline {
  return {
    scanId: row.id,
    snapshot: row.kind,
    scope: parseScope(row.scope),
    startedAt: row.started_at,
    finishedAt: row.at,
    policyHash: row.policy_hash,
    mark: { changeNo: row.change_no, resourceNo: row.resource_no },
  };
}

export async function cellsOf(
  db: Kysely<Database>,
  scanId: string,
): Promise<readonly CellOutcome[]> {
  const scan = await db
    .selectFrom("scans")
    .select("no")
    .where("id", "=", scanId)
    .executeTakeFirst();
  return scan === undefined ? [] : outcomesOf(db, scan.no);
}

export async function mark(db: Kysely<Database>): Promise<Mark> {
  const rows = await db
    .selectFrom("counters")
    .selectAll()
    .where("name", "in", ["change", "resource"])
    .execute();
  const value = (name: string): number => rows.find((row) => row.name === name)?.value ?? 0;
  return { changeNo: value("change"), resourceNo: value("resource") };
}
