import { existsSync } from "node:fs";
import type { Settings } from "../config/load.ts";
import { AppError } from "../domain/errors.ts";
import type { CopiedTable } from "../storage/copy-database.ts";
import { openDatabase, postgresUrl, sqliteFile } from "./storage.ts";

/** What an operator does with the database as a whole. */
export interface DatabaseCases {
  /** Brings the schema up to date. @returns the names of all its steps. */
  migrate(): Promise<{
    readonly engine: "PostgreSQL" | "SQLite";
    readonly steps: readonly string[];
  }>;
  /** @param target a file that does not exist. @throws {AppError} `invalid_input` on PostgreSQL. */
  backup(target: string): Promise<void>;
  /** From the SQLite file of the data folder into the PostgreSQL database of `storage.url`. */
  copy(onTable: (copied: CopiedTable) => void): Promise<readonly CopiedTable[]>;
}

export function databaseCases(settings: Settings): DatabaseCases {
  const { url } = settings.config.storage;
  return {
    migrate: async () => {
      const db = await openDatabase(settings);
      const rows = await db
        .selectFrom("schema_migrations")
        .select("name")
        .orderBy("name")
        .execute();
      await db.destroy();
      const engine = url === undefined ? "SQLite" : "PostgreSQL";
      return { engine, steps: rows.map(({ name }) => name) };
    },
    backup: async (target) => {
      if (url !== undefined) throw backupOfPostgres();
      const file = existingFile(settings);
      const { backupSqlite } = await import("../storage/sqlite-backup.ts");
      await backupSqlite(file, target);
    },
    copy: async (onTable) => {
      const file = existingFile(settings);
      const target = await postgresUrl(settings);
      if (target === undefined) throw noTarget();
      const [{ openSqlite, openSqliteSnapshot }, { openPostgres }, { copyDatabase }] =
        await Promise.all([
          import("../storage/sqlite.ts"),
          import("../storage/postgres.ts"),
          import("../storage/copy-database.ts"),
        ]);
      // Brings the file to this release's schema, which is the one the target gets.
      await (await openSqlite(file)).destroy();
      const to = await openPostgres(target);
      const from = openSqliteSnapshot(file);
      try {
        return await copyDatabase(from, to, onTable);
      } finally {
        await from.destroy();
        await to.destroy();
      }
    },
  };
}

function existingFile(settings: Settings): string {
  const file = sqliteFile(settings);
  if (existsSync(file)) return file;
  throw new AppError("not_found", "There is no SQLite inventory in the data folder.", {
    hint: "Name the folder that holds inventory.db in storage.data_dir.",
    details: { file },
  });
}

function noTarget(): AppError {
  return new AppError("invalid_input", "No PostgreSQL database to copy into is configured.", {
    hint: "Set storage.url (or TAG_COMPLIANCE_DATABASE_URL) to the new database, then copy.",
  });
}

function backupOfPostgres(): AppError {
  return new AppError("invalid_input", "PostgreSQL makes its own backups.", {
    hint: 'Run: pg_dump --format=custom --schema=tag_compliance --file=inventory.dump "$DATABASE_URL" (restore with pg_restore).',
  });
}
