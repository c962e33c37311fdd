import { Kysely } from "kysely";
import { Dictionary } from "../inventory/dictionary.ts";
import {
  performScanWork,
  type ScanJob,
  type ScanJobResult,
  type ScanWork,
} from "../inventory/scan-work.ts";
import type { Database } from "../schema.ts";
import { unpackRows } from "./packed-rows.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { inlineDialect } from "./sqlite-inline-dialect.ts";

/** Does what scans write over the connection of this thread. Pages come as `packRows` made them. */
export function scanWorkOver(
  connection: SqliteConnection,
): (work: ScanWork<string>) => Promise<readonly ScanJobResult[]> {
  const db = new Kysely<Database>({ dialect: inlineDialect(connection) });
  // A store remembers what it looked up, and no other store does: the tables may have been emptied between.
  let known = { owner: "", dictionary: new Dictionary() };
  return (work) => {
    const { owner } = work.scan;
    if (known.owner !== owner) known = { owner, dictionary: new Dictionary() };
    return performScanWork(db, known.dictionary, { ...work, jobs: work.jobs.map(unpacked) });
  };
}

function unpacked(job: ScanJob<string>): ScanJob {
  return job.kind === "page" ? { ...job, rows: unpackRows(job.rows) } : job;
}
