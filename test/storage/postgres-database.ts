import { type Kysely, sql } from "kysely";
import { openPostgres, POSTGRES_SCHEMA } from "../../src/storage/postgres.ts";
import type { Database } from "../../src/storage/schema.ts";
import type { TestDatabase } from "./inventory-contract.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

/** Empty databases, one after the other, on one server and in one database of it. */
export function postgresDatabases(): {
  create(): Promise<TestDatabase>;
  stop(): Promise<void>;
} {
  let server: PostgresServer | undefined;
  let url: string | undefined;
  return {
    create: async () => {
      server ??= await startPostgres();
      url ??= await server.createDatabase();
      const target = url;
      return {
        connect: () => openPostgres(target),
        dispose: () => empty(target),
      };
    },
    stop: async () => server?.stop(),
  };
}

async function empty(url: string): Promise<void> {
  const db = await openPostgres(url);
  await emptyTables(db);
  await db.destroy();
}

/** Deletes every row but those that say which migrations ran. */
export async function emptyTables(db: Kysely<Database>): Promise<void> {
  const tables = await db.introspection.getTables();
  for (const { schema, name } of tables)
    if ((schema ?? POSTGRES_SCHEMA) === POSTGRES_SCHEMA && name !== "schema_migrations")
      await sql.raw(`delete from ${name}`).execute(db);
}
