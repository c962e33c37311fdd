import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { openPostgres } from "../../src/storage/postgres.ts";
import type { Database } from "../../src/storage/schema.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { missingPostgres, startPostgres } from "../../test/storage/postgres-server.ts";

/** Options of benchmarks over a made-up store: `--resources`, default 1,000,000, and `--postgres true`. */
export interface StoreOptions {
  readonly resources?: string;
  /** Any value: PostgreSQL instead of SQLite. */
  readonly postgres?: string;
}

export type Measured = Record<string, number | string>;

/** Measures over an empty database that is removed afterwards; `skipped` where PostgreSQL is not there. */
export async function onEngine(
  options: StoreOptions,
  measure: (db: Kysely<Database>, resources: number) => Promise<Measured>,
): Promise<Measured> {
  const resources = Number(options.resources ?? 1_000_000);
  if (options.postgres === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "store-bench-"));
    try {
      return await measure(await openSqlite(join(folder, "inventory.db")), resources);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  if (missingPostgres !== undefined) return { skipped: missingPostgres };
  const server = await startPostgres({ durable: true });
  try {
    return await measure(await openPostgres(await server.createDatabase()), resources);
  } finally {
    await server.stop();
  }
}
