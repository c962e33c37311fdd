import type { Kysely } from "kysely";
import type { ListScans, ScansMeeting } from "../../ports/scan-list.ts";
import type { Database } from "../schema.ts";
import { lastFinishedScans, overlaps } from "./scan-rows.ts";

export function createScanList(db: Kysely<Database>): ListScans {
  return async (limit) => {
    const finished = await lastFinishedScans(db);
    return finished.slice(0, limit).map(({ record }) => record);
  };
}

export function createScansMeeting(db: Kysely<Database>): ScansMeeting {
  return async (scope) => {
    const finished = await lastFinishedScans(db);
    return finished
      .filter(({ record }) => overlaps(record.scope, scope))
      .map(({ record }) => record.id);
  };
}

/** Every account that a scan has seen, of all clouds, in the order of their ids. */
export async function seenAccounts(db: Kysely<Database>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("places")
    .select("account")
    .distinct()
    .orderBy("account")
    .execute();
  return rows.map(({ account }) => account);
}
