import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/storage/sqlite.ts";
import type { TestDatabase } from "./inventory-contract.ts";

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "inventory-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * A database file of its own. Not `:memory:`, where each connection sees a database of its own and
 * there is no write-ahead log: nothing that several connections do could be tested.
 */
export function sqliteFile(): Promise<TestDatabase> {
  const folder = temporaryFolder();
  return Promise.resolve({
    connect: () => openSqlite(join(folder.path, "inventory.db")),
    dispose: () => {
      folder.remove();
      return Promise.resolve();
    },
  });
}
