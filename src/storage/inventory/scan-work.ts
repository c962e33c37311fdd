import type { Kysely, Transaction } from "kysely";
import type { Cell, CellOutcome } from "../../domain/scan/cell.ts";
import { cellIndex } from "../../domain/scan/cell-index.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { SnapshotKind } from "../../ports/history.ts";
import type { ScanRecord, ScanStatus } from "../../ports/inventory.ts";
import { markEnd, takeSnapshot } from "../history/take-snapshot.ts";
import type { Database } from "../schema.ts";
import {
  believeBadNews,
  believeOutcomes,
  isInterrupted,
  outcomesOf,
  recordOutcomes,
} from "./cells.ts";
import { concludeUnseen, type Looker } from "./conclude.ts";
import type { Dictionary } from "./dictionary.ts";
import { placeIdsOf, placesIn } from "./places.ts";
import { portions } from "./portions.ts";
import { saveRows } from "./save-rows.ts";
import { closeScan, renewLease } from "./scan-rows.ts";
import type { SeenRow } from "./seen-row.ts";

export interface RunningScan extends Looker {
  readonly id: string;
  /** The store that runs it. */
  readonly owner: string;
  readonly scope: Scope;
  /** What it is kept as; null when it is not. */
  readonly snapshot: SnapshotKind | null;
}

/** One write of a scan, as plain data: it may be done on another thread than it was asked for. */
export type ScanJob<Rows = readonly SeenRow[]> =
  | { readonly kind: "page"; readonly rows: Rows }
  | { readonly kind: "end_cell"; readonly outcome: CellOutcome }
  | { readonly kind: "finish"; readonly status: Exclude<ScanStatus, "running"> };

/** What a scan writes in one transaction. */
export interface ScanWork<Rows = readonly SeenRow[]> {
  readonly scan: RunningScan;
  readonly nowMs: number;
  readonly jobs: readonly ScanJob<Rows>[];
}

/** What `finish` returns; null of everything else. */
export type ScanJobResult = ScanRecord | null;

/**
 * Does everything or nothing: rows first, then the ends of cells, then the end of the scan.
 * @returns a result for each job.
 * @throws {AppError} `storage_unavailable`, also when the scan no longer runs.
 */
export async function performScanWork(
  db: Kysely<Database>,
  dictionary: Dictionary,
  { scan, nowMs, jobs }: ScanWork,
): Promise<readonly ScanJobResult[]> {
  const { results, looked } = await db.transaction().execute(async (trx) => {
    await renewLease(trx, scan.no, nowMs);
    const within = dictionary.within(trx);
    for (const rows of portions(jobs.map(rowsOf)))
      await saveRows(trx, within, { rows, scanNo: scan.no, nowMs });
    const outcomes = jobs.flatMap((job) => (job.kind === "end_cell" ? [job.outcome] : []));
    await endCells(trx, scan, { outcomes, nowMs });
    const done: ScanJobResult[] = [];
    for (const job of jobs)
      done.push(
        job.kind === "finish" ? await finish(trx, scan, { status: job.status, nowMs }) : null,
      );
    return { results: done, looked: within };
  });
  dictionary.remember(looked);
  return results;
}

function rowsOf(job: ScanJob): readonly SeenRow[] {
  return job.kind === "page" ? job.rows : [];
}

async function endCells(
  trx: Transaction<Database>,
  scan: RunningScan,
  { outcomes, nowMs }: { readonly outcomes: readonly CellOutcome[]; readonly nowMs: number },
): Promise<void> {
  await recordOutcomes(trx, scan.no, outcomes);
  const read = outcomes.filter((outcome) => !isInterrupted(outcome));
  for (const conclusion of ["gone", "unknown"] as const) {
    const cells = read.filter(({ status }) => (status === "complete") === (conclusion === "gone"));
    const placeIds = await placeIdsOf(
      trx,
      cells.map(({ cell }) => cell),
    );
    await concludeUnseen(trx, scan, { placeIds, conclusion, nowMs });
  }
  for (const outcome of read) await believeBadNews(trx, scan.no, outcome);
}

interface Ended {
  readonly status: Exclude<ScanStatus, "running">;
  readonly nowMs: number;
}

/** Ends a scan. One that answers for its scope leaves what trends and comparisons need of it. */
async function finish(
  trx: Transaction<Database>,
  scan: RunningScan,
  ended: Ended,
): Promise<ScanRecord> {
  if (ended.status !== "complete" && ended.status !== "partial") {
    await believeOutcomes(trx, scan.no, "all_but_interrupted");
    return closeScan(trx, scan.no, ended);
  }
  const outcomes = await outcomesOf(trx, scan.no);
  await settleScope(trx, scan, { outcomes, nowMs: ended.nowMs });
  const record = await closeScan(trx, scan.no, ended);
  await markEnd(trx, scan.no, ended.nowMs);
  if (scan.snapshot !== null)
    await takeSnapshot(trx, { no: scan.no, record, kind: scan.snapshot }, outcomes);
  return record;
}

/**
 * A scan that came to its end answers for its whole scope from now on. What no cell of it read (the
 * cell was skipped, the account is no longer configured) therefore counts as unknown: an answer dated
 * by this scan must not rest on anything older.
 */
async function settleScope(
  trx: Transaction<Database>,
  scan: RunningScan,
  { outcomes, nowMs }: { readonly outcomes: readonly CellOutcome[]; readonly nowMs: number },
): Promise<void> {
  const read: readonly Cell[] = outcomes
    .filter((outcome) => !isInterrupted(outcome))
    .map(({ cell }) => cell);
  const isRead = cellIndex(read);
  const placeIds: number[] = [];
  for await (const places of placesInTurn(trx, scan.scope))
    for (const place of places) if (!isRead(place)) placeIds.push(place.id);
  await concludeUnseen(trx, scan, { placeIds, conclusion: "unknown", nowMs });
  await believeOutcomes(trx, scan.no, "all");
}

/** An organization has places by the hundred thousand, of which few or none are wanted. */
const PLACES_AT_ONCE = 5_000;

async function* placesInTurn(trx: Transaction<Database>, scope: Scope) {
  for (let last = 0; ; ) {
    const places = await placesIn(trx, scope)
      .select(["id", "cloud", "account", "region", "type_key as resourceType"])
      .where("id", ">", last)
      .orderBy("id")
      .limit(PLACES_AT_ONCE)
      .execute();
    yield places;
    if (places.length < PLACES_AT_ONCE) return;
    last = places.at(-1)?.id ?? last;
  }
}
