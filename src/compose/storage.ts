import { join } from "node:path";
import type { Kysely } from "kysely";
import type { Settings } from "../config/load.ts";
import { parseSecretReference } from "../domain/secret-reference.ts";
import type { Clock } from "../ports/clock.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import { createReadSecret } from "../secrets/read-secret.ts";
import type { Database } from "../storage/schema.ts";

/** The database is loaded and opened on first use, so that a client is answered before. */
export async function openDatabase(settings: Settings): Promise<Kysely<Database>> {
  const url = await postgresUrl(settings);
  if (url !== undefined) {
    const { openPostgres } = await import("../storage/postgres.ts");
    return openPostgres(url);
  }
  const { openSqlite } = await import("../storage/sqlite.ts");
  return openSqlite(sqliteFile(settings));
}

/** Undefined when the inventory is in the SQLite file. */
export async function postgresUrl({ config, environment }: Settings): Promise<string | undefined> {
  const { url } = config.storage;
  if (url === undefined || parseSecretReference(url) === undefined) return url;
  return createReadSecret({ environment })(url);
}

export function sqliteFile({ dataDir }: Settings): string {
  return join(dataDir, "inventory.db");
}

/** The inventory over an opened database; closing it closes the database. */
export async function openInventory(db: Kysely<Database>, clock: Clock): Promise<InventoryStore> {
  const { createInventoryStore } = await import("../storage/inventory.ts");
  const store = createInventoryStore(db, { clock });
  await store.failAbandonedScans();
  return store;
}

/**
 * Signs of life are compared between machines, whose clocks differ: those that share a PostgreSQL database
 * go by its clock. Who shares a file shares a machine.
 */
export async function openClock(
  settings: Settings,
  db: Kysely<Database>,
  local: Clock,
): Promise<Clock> {
  if (settings.config.storage.url === undefined) return local;
  const { postgresClock } = await import("../storage/leases.ts");
  return postgresClock(db, local);
}
