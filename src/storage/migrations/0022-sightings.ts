import type { Migration } from "./migration.ts";

/** When resources were last seen, where that is later than their rows were written. */
export const sightings: Migration = {
  name: "0022-sightings",
  statements: ({ int64 }) => [
    `create table sightings (
      resource_no ${int64} primary key,
      seen_at ${int64} not null,
      scan_no ${int64} not null
    )`,
  ],
};
