import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { AppError } from "../domain/errors.ts";
import { inventory } from "./migrations/0001-inventory.ts";
import { history } from "./migrations/0002-history.ts";
import { costs } from "./migrations/0003-costs.ts";
import { audit } from "./migrations/0004-audit.ts";
import { inheritedTags } from "./migrations/0006-inherited-tags.ts";
import { tagGaps } from "./migrations/0012-tag-gaps.ts";
import { reJudgement } from "./migrations/0020-re-judgement.ts";
import { smallerSnapshots } from "./migrations/0021-snapshot-counts.ts";
import { sightings } from "./migrations/0022-sightings.ts";
import { resourceCosts } from "./migrations/0023-resource-costs.ts";
import { links } from "./migrations/0024-links.ts";
import type { Engine, Migration } from "./migrations/migration.ts";
import type { Database } from "./schema.ts";

/** Every step there is, in the order they run. */
export const MIGRATIONS: readonly Migration[] = [
  inventory,
  history,
  costs,
  audit,
  inheritedTags,
  tagGaps,
  reJudgement,
  smallerSnapshots,
  sightings,
  resourceCosts,
  links,
];

/**
 * Brings a database to the newest schema. Everything runs in one transaction that holds the write lock
 * from its start, so that of several processes starting at once one migrates and the others find it done.
 * @returns names of the steps this call ran.
 * @throws {AppError} `storage_unavailable` when the database is of a newer release, or one of its
 * recorded steps differs from ours.
 */
export async function migrate(
  db: Kysely<Database>,
  engine: Engine,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly string[]> {
  if (await isCurrent(db, engine, migrations)) return [];
  const { types, adapt = (statement) => statement } = engine;
  return db.transaction().execute(async (trx) => {
    const run = (statement: string) => sql.raw(adapt(statement)).execute(trx);
    const ledger = `create table if not exists schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at ${types.int64} not null
    )`;
    await run(ledger);
    const pending = await pendingMigrations(trx, migrations);
    for (const migration of pending) {
      for (const statement of migration.statements(types)) await run(statement);
      await trx
        .insertInto("schema_migrations")
        .values({
          name: migration.name,
          checksum: checksumOf(migration),
          applied_at: Date.now(),
        })
        .execute();
    }
    return pending.map((migration) => migration.name);
  });
}

/** A start with nothing to do must not wait for the write lock of a scan in another process. */
async function isCurrent(
  db: Kysely<Database>,
  engine: Engine,
  migrations: readonly Migration[],
): Promise<boolean> {
  const tables = await db.introspection.getTables();
  const isLedger = (table: { readonly name: string; readonly schema?: string }): boolean =>
    table.name === "schema_migrations" && table.schema === engine.schema;
  if (!tables.some(isLedger)) return false;
  return (await pendingMigrations(db, migrations)).length === 0;
}

async function pendingMigrations(
  db: Kysely<Database>,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const rows = await db.selectFrom("schema_migrations").select(["name", "checksum"]).execute();
  const known = new Map(migrations.map((migration) => [migration.name, checksumOf(migration)]));
  const foreign = rows.filter((row) => !known.has(row.name)).map((row) => row.name);
  if (foreign.length > 0)
    throw new AppError(
      "storage_unavailable",
      "The inventory database was written by a newer release of this program.",
      {
        hint: "Upgrade this program, or point the configuration at another database.",
        details: { unknownMigrations: foreign },
      },
    );
  const edited = rows.filter((row) => known.get(row.name) !== row.checksum).map((row) => row.name);
  if (edited.length > 0)
    throw new AppError(
      "storage_unavailable",
      "The inventory database was made by a build whose schema differs from this one.",
      {
        hint: "Use the build that made it, or point the configuration at a new database.",
        details: { changedMigrations: edited },
      },
    );
  const done = new Set(rows.map((row) => row.name));
  return migrations.filter((migration) => !done.has(migration.name));
}

/** Over the text before a database's own type names go in: equal on every database. */
function checksumOf(migration: Migration): string {
  const text = JSON.stringify(migration.statements({ int64: "int64" }));
  return createHash("sha256").update(text).digest("hex");
}
