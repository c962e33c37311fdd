import type { AuditTables } from "./tables/audit.ts";
import type { CostTables } from "./tables/costs.ts";
import type { HistoryTables } from "./tables/history.ts";
import type { InventoryTables } from "./tables/inventory.ts";
import type { ReJudgementTables } from "./tables/re-judgement.ts";

/**
 * The tables as TypeScript sees them. Columns keep to what SQLite and PostgreSQL share: text, 64-bit
 * integers (times are epoch milliseconds UTC, flags 0 or 1) and JSON as text; rows are numbered by
 * `counters`, not by a database's own identity columns. Words such as `Verdict` are typed and not
 * parsed again: only this folder writes them.
 */
export interface Database
  extends InventoryTables,
    CostTables,
    HistoryTables,
    AuditTables,
    ReJudgementTables {
  schema_migrations: SchemaMigrationTable;
  secrets: { name: string; value: string; created_at: number };
}

interface SchemaMigrationTable {
  name: string;
  /** Hex SHA-256 of the migration's text as it was when it ran. */
  checksum: string;
  applied_at: number;
}
