import { join } from "node:path";
import type { Kysely } from "kysely";
import type { Settings } from "../config/load.ts";
import type { Clock } from "../ports/clock.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type { Database } from "../storage/schema.ts";

/** The database is loaded and opened on first use, so that a client is answered before. */
export async function openDatabase({ dataDir }: Settings): Promise<Kysely<Database>> {
  const { openSqlite } = await import("../storage/sqlite.ts");
  return openSqlite(join(dataDir, "inventory.db"));
}

/** The inventory over an opened database; closing it closes the database. */
export async function openInventory(db: Kysely<Database>, clock: Clock): Promise<InventoryStore> {
  const { createInventoryStore } = await import("../storage/inventory.ts");
  const store = createInventoryStore(db, { clock });
  await store.failAbandonedScans();
  return store;
}
