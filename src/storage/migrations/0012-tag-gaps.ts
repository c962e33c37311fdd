import type { Migration } from "./migration.ts";

/**
 * What each resource lacks, and how many of a place lack it. Of what is already stored it is not known
 * which tags are the cloud's own, so it counts as unknown (5) until the next scan rewrites it: no digest
 * equals `reread`.
 */
export const tagGaps: Migration = {
  name: "0012-tag-gaps",
  statements: ({ int64 }) => [
    `alter table resources add column gap ${int64}`,
    `alter table resources add column had_tags ${int64} not null default 0`,
    `create table place_gaps (
      place_id ${int64} not null,
      gap ${int64} not null,
      count ${int64} not null,
      primary key (place_id, gap)
    )`,
    "update resources set gap = 5, state = 'reread' where gone_at is null",
    "update resources set had_tags = 1 where tags is not null and tags <> '[]'",
    `insert into place_gaps
      select place_id, 5, count(*) from resources where gone_at is null group by place_id`,
    "create index resources_by_gap on resources (place_id, gap, no) where gap is not null",
  ],
};
