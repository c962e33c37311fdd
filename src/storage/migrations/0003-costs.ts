import type { ColumnTypes, Migration } from "./migration.ts";

const billTables = ({ int64 }: ColumnTypes): readonly string[] => [
  `create table cost_bills (
      no ${int64} primary key,
      source text not null,
      cloud text not null,
      month text not null,
      method text not null,
      state text not null,
      as_of ${int64},
      stored_at ${int64} not null,
      lines ${int64} not null,
      lines_left_out ${int64} not null,
      keys text not null
    )`,
  `create table cost_places (
      id ${int64} primary key,
      cloud text not null,
      account text not null,
      region text not null,
      service text not null,
      resource_type text not null,
      unique (cloud, account, region, service, resource_type)
    )`,
  `create table cost_tag_sets (id ${int64} primary key, tags text not null unique)`,
  `create table cost_lines (
      bill_no ${int64} not null,
      place_id ${int64} not null,
      tags_id ${int64} not null,
      charge text not null,
      has_resource ${int64},
      resource_key text,
      currency text not null,
      effective ${int64} not null,
      billed ${int64},
      lines ${int64} not null
    )`,
  "create index cost_lines_by_resource on cost_lines (bill_no, resource_key)",
  `create table cost_answers (
      key text primary key,
      answer text not null,
      stored_at ${int64} not null
    )`,
];

export const costs: Migration = { name: "0003-costs", statements: billTables };
