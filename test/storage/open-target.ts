import type { Kysely } from "kysely";
import { openPostgres } from "../../src/storage/postgres.ts";
import type { Database } from "../../src/storage/schema.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";

/** A PostgreSQL URL or the path of an SQLite file. */
export function openTarget(target: string): Promise<Kysely<Database>> {
  return target.startsWith("postgres:") ? openPostgres(target) : openSqlite(target);
}
