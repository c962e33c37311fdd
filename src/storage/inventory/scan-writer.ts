import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely } from "kysely";
import { AppError } from "../../domain/errors.ts";
import { createBoundedTurns } from "../../domain/scan/bounded-turns.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ScanWriter } from "../../ports/inventory.ts";
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
} from "./scan-work.ts";
import { seenRows } from "./seen-row.ts";

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

/** Rows made ready in one turn of the event loop, however many cells end in it: some milliseconds of work. */
const ROWS_PER_TURN = 300;

export function createScanWriter(deps: ScanWriterDeps, scan: RunningScan): ScanWriter {
  const { db, clock, dictionary, running } = deps;
  const group = createCommitGroup<ScanJob, ScanJobResult>(
    (jobs) => {
      const work = { scan, nowMs: clock.now(), jobs };
      return db instanceof DistantDatabase
        ? db.performThere(work)
        : performScanWork(db, dictionary, work);
    },
    // A thread has the next work at hand when it has done the one before.
    { atOnce: db instanceof DistantDatabase ? 2 : 1 },
  );
  const write = async (job: ScanJob, rows: number): Promise<ScanJobResult> => {
    if (!running.has(scan.no)) throw closedScan();
    return group.add(job, rows);
  };
  const takeTurn = createBoundedTurns(ROWS_PER_TURN, () => nextTurn());
  return {
    scanId: scan.id,
    saveResources: async (cell, page) => {
      await takeTurn(page.length);
      await write({ kind: "page", rows: seenRows(cell, page) }, page.length);
    },
    endCell: async (outcome, rest = []) => {
      await takeTurn(rest.length);
      await write({ kind: "end_cell", outcome, rows: seenRows(outcome.cell, rest) }, rest.length);
    },
    finish: async (status) => {
      const record = await write({ kind: "finish", status }, 0);
      if (record === null) throw new AppError("internal", "A scan ended without a record.");
      running.delete(scan.no);
      noteChange(db);
      return record;
    },
  };
}
