import type { Kysely } from "kysely";
import type { ListScans } from "../../ports/scan-list.ts";
import type { Database } from "../schema.ts";
import { lastFinishedScans } from "./scan-rows.ts";

export function createScanList(db: Kysely<Database>): ListScans {
  return async (limit) => {
    const finished = await lastFinishedScans(db);
    return finished.slice(0, limit).map(({ record }) => record);
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
