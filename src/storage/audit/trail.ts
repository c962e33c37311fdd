import type { Kysely } from "kysely";
import type { AuditRecord } from "../../ports/audit.ts";
import type { ReadAuditTrail } from "../../ports/audit-trail.ts";
import type { Database } from "../schema.ts";
import { toRecord } from "./chain.ts";

/** Rows read at once; whose they are is known only once they are read. */
const BATCH = 500;
/** Rows read for one page: a tenant that acts rarely must not read the whole log of the others. */
const MOST_ROWS = 10_000;

/** The newest records of one tenant, over an opened database. */
export function createAuditTrail(db: Kysely<Database>): ReadAuditTrail {
  return async ({ tenant, beforeSeq, action, outcome, limit }) => {
    const records: AuditRecord[] = [];
    let before = beforeSeq ?? Number.MAX_SAFE_INTEGER;
    for (let rows = 0; rows < MOST_ROWS; rows += BATCH) {
      let query = db.selectFrom("audit_records").selectAll().where("seq", "<", before);
      if (action !== undefined) query = query.where("action", "=", action);
      if (outcome !== undefined) query = query.where("outcome", "=", outcome);
      const batch = await query.orderBy("seq", "desc").limit(BATCH).execute();
      for (const row of batch) {
        before = row.seq;
        const record = toRecord(row);
        if (record.actor.tenant === tenant) records.push(record);
        if (records.length === limit) return { records, nextBeforeSeq: before };
      }
      if (batch.length < BATCH) return { records, nextBeforeSeq: null };
    }
    return { records, nextBeforeSeq: before };
  };
}
