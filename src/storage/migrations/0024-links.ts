import type { Migration } from "./migration.ts";

/** Networks and security groups that a resource is in; null where no read told of any. */
export const links: Migration = {
  name: "0024-links",
  statements: () => ["alter table resources add column links text"],
};
