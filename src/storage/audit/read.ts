import type { Kysely } from "kysely";
import type { Database } from "../schema.ts";
import type { AuditRecordTable } from "../tables/audit.ts";

const PAGE = 5000;

export interface RecordFilter {
  readonly afterSeq?: number;
  /** Epoch milliseconds; the end is exclusive. */
  readonly period?: { readonly fromMs: number; readonly toMs: number };
}

/** Records in their order; other work gets its turn between pages. */
export async function* recordPages(
  db: Kysely<Database>,
  { afterSeq = 0, period }: RecordFilter,
): AsyncGenerator<readonly AuditRecordTable[]> {
  let after = afterSeq;
  for (;;) {
    let query = db.selectFrom("audit_records").selectAll().where("seq", ">", after);
    if (period !== undefined)
      query = query.where("at_ms", ">=", period.fromMs).where("at_ms", "<", period.toMs);
    const page = await query.orderBy("seq").limit(PAGE).execute();
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.seq;
  }
}
