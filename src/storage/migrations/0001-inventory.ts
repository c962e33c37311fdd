import type { ColumnTypes, Migration } from "./migration.ts";

const cellColumns = ({ int64 }: ColumnTypes): string => `
  scan_no ${int64} not null,
  cloud text not null,
  account text not null,
  region text not null,
  type_key text not null,
  resource_type text not null,
  status text not null,
  reason text,
  resources ${int64} not null`;

const scanTables = (types: ColumnTypes): readonly string[] => [
  `create table counters (name text primary key, value ${types.int64} not null)`,
  `create table secrets (
      name text primary key,
      value text not null,
      created_at ${types.int64} not null
    )`,
  `create table scans (
      no ${types.int64} primary key,
      id text not null unique,
      scope text not null,
      scope_key text not null,
      status text not null,
      started_at ${types.int64} not null,
      finished_at ${types.int64},
      policy_hash text not null,
      snapshot ${types.int64} not null,
      owner text not null,
      heartbeat_at ${types.int64} not null
    )`,
  "create index scans_by_scope on scans (scope_key, status, no)",
  `create table scan_cells (${cellColumns(types)},
      primary key (scan_no, cloud, account, region, type_key)
    )`,
  `create table cells (${cellColumns(types)},
      primary key (cloud, account, region, type_key)
    )`,
];

const resourceTables = (types: ColumnTypes): readonly string[] => [
  `create table places (
      id ${types.int64} primary key,
      cloud text not null,
      account text not null,
      region text not null,
      type_key text not null,
      resource_type text not null,
      compliant ${types.int64} not null default 0,
      non_compliant ${types.int64} not null default 0,
      exempt ${types.int64} not null default 0,
      unknown ${types.int64} not null default 0,
      out_of_scope ${types.int64} not null default 0,
      errors ${types.int64} not null default 0,
      warnings ${types.int64} not null default 0,
      violation_rows ${types.int64} not null default 0,
      unique (cloud, account, region, type_key)
    )`,
  `create table findings (
      id ${types.int64} primary key,
      digest text not null unique,
      kind text not null,
      tag text not null,
      severity text not null,
      expected text not null,
      rule text not null
    )`,
  `create table place_findings (
      place_id ${types.int64} not null,
      finding_id ${types.int64} not null,
      count ${types.int64} not null,
      primary key (place_id, finding_id)
    )`,
  `create table resources (
      no ${types.int64} primary key,
      cloud text not null,
      resource_key text not null,
      spelling text,
      place_id ${types.int64} not null,
      tags text,
      created_at text,
      verdict text not null,
      state text not null,
      first_seen_at ${types.int64} not null,
      last_seen_at ${types.int64} not null,
      last_scan_no ${types.int64} not null,
      gone_at ${types.int64},
      unique (resource_key, cloud)
    )`,
  "create index resources_by_place on resources (place_id)",
  `create table violations (
      id ${types.int64} primary key,
      resource_no ${types.int64} not null,
      finding_id ${types.int64} not null,
      actual text,
      suggestion text
    )`,
  "create index violations_by_resource on violations (resource_no)",
];

export const inventory: Migration = {
  name: "0001-inventory",
  statements: (types) => [...scanTables(types), ...resourceTables(types)],
};
