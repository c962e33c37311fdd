import type { Migration } from "./migration.ts";

/**
 * Counts by account and type together were most of all history: with 1,000 accounts and 60 types 60,000
 * rows a day. Trends are told by either of the two.
 */
export const smallerSnapshots: Migration = {
  name: "0021-snapshot-counts",
  statements: () => ["delete from snapshot_counts where dimension = 'account_type'"],
};
