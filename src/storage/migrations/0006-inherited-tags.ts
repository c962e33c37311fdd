import type { Migration } from "./migration.ts";

/** Tags that hold for a resource without being its own; null where no read told of them. */
export const inheritedTags: Migration = {
  name: "0006-inherited-tags",
  statements: () => ["alter table resources add column inherited_tags text"],
};
