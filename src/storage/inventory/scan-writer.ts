import type { Kysely } from "kysely";
import { AppError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Cell } from "../../domain/scan/cell.ts";
import type { JudgedResource, ScanWriter } from "../../ports/inventory.ts";
import { DistantDatabase } from "../distant-database.ts";
import { noteChange } from "../one-moment.ts";
import type { Database } from "../schema.ts";
import { createCommitGroup } from "./commit-group.ts";
import type { Dictionary } from "./dictionary.ts";
import { closedScan } from "./scan-rows.ts";
import {
  performScanWork,
  type RunningScan,
  type ScanJob,
  type ScanJobResult,
  type ScanWork,
} from "./scan-work.ts";
import { packRows } from "../workers/packed-rows.ts";
import { type SeenRow, seenRows } from "./seen-row.ts";

/** The scans that a store keeps alive. */
export interface RunningScans {
  has(scanNo: number): boolean;
  delete(scanNo: number): void;
}

export interface ScanWriterDeps {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly dictionary: Dictionary;
  readonly running: RunningScans;
}

/** Where a scan's work is done, and in which form it takes the rows of pages. */
interface Workplace<Rows> {
  readonly form: (rows: readonly SeenRow[]) => Rows;
  readonly perform: (work: ScanWork<Rows>) => Promise<readonly ScanJobResult[]>;
  /** How much work it has at hand: see `createCommitGroup`. */
  readonly atOnce: number;
}

export function createScanWriter(deps: ScanWriterDeps, scan: RunningScan): ScanWriter {
  const { db, dictionary } = deps;
  if (db instanceof DistantDatabase)
    // A thread has the next work at hand when it has done the one before.
    return writerAt({ form: packRows, perform: db.performThere, atOnce: 2 }, deps, scan);
  const perform: Workplace<readonly SeenRow[]>["perform"] = (work) =>
    performScanWork(db, dictionary, work);
  return writerAt({ form: (rows) => rows, perform, atOnce: 1 }, deps, scan);
}

function writerAt<Rows>(
  { form, perform, atOnce }: Workplace<Rows>,
  { db, clock, running }: ScanWriterDeps,
  scan: RunningScan,
): ScanWriter {
  const group = createCommitGroup<ScanJob<Rows>, ScanJobResult>(
    (jobs) => perform({ scan, nowMs: clock.now(), jobs }),
    { atOnce },
  );
  const write = async (job: ScanJob<Rows>, rows = 0): Promise<ScanJobResult> => {
    if (!running.has(scan.no)) throw closedScan();
    return group.add(job, rows);
  };
  const ready = async (
    cell: Cell,
    page: readonly JudgedResource[],
  ): Promise<{ readonly job: ScanJob<Rows>; readonly count: number }> => ({
    job: { kind: "page", rows: form(seenRows(cell, page)) },
    count: page.length,
  });
  return {
    scanId: scan.id,
    // No function that waits has the page: it would hold it meanwhile.
    saveResources: (cell, page) =>
      ready(cell, page).then(async ({ job, count }) => void (await write(job, count))),
    endCell: async (outcome) => {
      await write({ kind: "end_cell", outcome });
    },
    finish: async (status) => {
      const record = await write({ kind: "finish", status });
      if (record === null) throw new AppError("internal", "A scan ended without a record.");
      running.delete(scan.no);
      noteChange(db);
      return record;
    },
  };
}
