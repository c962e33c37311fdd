import { afterAll, describe } from "vitest";
import type { TestDatabase } from "./inventory-contract.ts";
import { postgresDatabases } from "./postgres-database.ts";
import { missingPostgres } from "./postgres-server.ts";
import { sqliteFile } from "./sqlite-file.ts";

/** Runs tests once for every kind of database; where PostgreSQL is missing the report says so. */
export function onEveryDatabase(
  tests: (name: string, create: () => Promise<TestDatabase>) => void,
): void {
  describe("SQLite", () => {
    tests("SQLite", sqliteFile);
  });
  const postgres = postgresDatabases();
  describe.skipIf(missingPostgres !== undefined)(`PostgreSQL${missingPostgres ?? ""}`, () => {
    afterAll(() => postgres.stop());
    tests("PostgreSQL", () => postgres.create());
  });
}

export { emptyTables } from "./postgres-database.ts";
