import type { Kysely } from "kysely";
import type { AuditEvent } from "../../ports/audit.ts";
import type { Database } from "../schema.ts";
import { extend } from "./append.ts";
import { checkpointMac } from "./chain.ts";

export interface Removal {
  readonly key: Uint8Array;
  /** Records older than this go, epoch milliseconds. */
  readonly beforeMs: number;
  readonly nowMs: number;
  readonly event: (details: Readonly<Record<string, unknown>>) => AuditEvent;
}

/**
 * Removes the oldest records, leaving a signed checkpoint that the rest of the chain hangs on, and a
 * record of the removal. The newest record always stays.
 * @returns how many were removed
 */
export async function removeOld(
  db: Kysely<Database>,
  { key, beforeMs, nowMs, event }: Removal,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const kept = await trx
      .selectFrom("audit_records")
      .select("seq")
      .where("at_ms", ">=", beforeMs)
      .orderBy("seq")
      .limit(1)
      .executeTakeFirst();
    const head = await trx.selectFrom("audit_head").select("seq").executeTakeFirst();
    const last = await trx
      .selectFrom("audit_records")
      .select(["seq", "hash"])
      .where("seq", "<", kept?.seq ?? head?.seq ?? 0)
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst();
    if (last === undefined) return 0;
    const point = { through_seq: last.seq, hash: last.hash, at_ms: nowMs };
    const details = { removed_through_seq: point.through_seq, hash: point.hash };
    await extend(trx, key, [event(details)]);
    await trx
      .insertInto("audit_checkpoints")
      .values({ ...point, mac: checkpointMac(key, point) })
      .execute();
    const { numDeletedRows } = await trx
      .deleteFrom("audit_records")
      .where("seq", "<=", point.through_seq)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  });
}
