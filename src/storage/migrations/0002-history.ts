import type { ColumnTypes, Migration } from "./migration.ts";

const changeTables = ({ int64 }: ColumnTypes): readonly string[] => [
  `create table resource_changes (
      no ${int64} primary key,
      resource_no ${int64} not null,
      place_id ${int64} not null,
      kind text not null,
      tag_key text,
      old_value text,
      new_value text,
      after_at ${int64} not null,
      seen_at ${int64} not null,
      scan_no ${int64} not null
    )`,
  "create index resource_changes_by_resource on resource_changes (resource_no, no)",
  `create table known_tags (
      resource_no ${int64} primary key,
      tags text not null,
      seen_at ${int64} not null
    )`,
  `create table scan_marks (
      scan_no ${int64} primary key,
      change_no ${int64} not null,
      resource_no ${int64} not null,
      at ${int64} not null
    )`,
];

const snapshotTables = ({ int64 }: ColumnTypes): readonly string[] => [
  `create table snapshots (
      scan_no ${int64} primary key,
      scan_id text not null unique,
      kind text not null,
      scope text not null,
      status text not null,
      started_at ${int64} not null,
      finished_at ${int64} not null,
      policy_hash text not null,
      cells_total ${int64} not null,
      cells_complete ${int64} not null
    )`,
  "create index snapshots_by_time on snapshots (started_at)",
  `create table snapshot_counts (
      dimension text not null,
      cloud text not null,
      account text not null,
      type_key text not null,
      scan_no ${int64} not null,
      compliant ${int64} not null,
      non_compliant ${int64} not null,
      exempt ${int64} not null,
      unknown ${int64} not null,
      out_of_scope ${int64} not null,
      errors ${int64} not null,
      warnings ${int64} not null,
      primary key (dimension, cloud, account, type_key, scan_no)
    )`,
  "create index snapshot_counts_by_scan on snapshot_counts (scan_no)",
  `create table snapshot_findings (
      scan_no ${int64} not null,
      cloud text not null,
      tag text not null,
      kind text not null,
      severity text not null,
      count ${int64} not null,
      primary key (tag, scan_no, cloud, kind, severity)
    )`,
  "create index snapshot_findings_by_scan on snapshot_findings (scan_no)",
];

const workTables = ({ int64 }: ColumnTypes): readonly string[] => [
  `create table leases (
      name text primary key,
      owner text,
      token ${int64} not null,
      renewed_at ${int64} not null
    )`,
  `create table job_runs (
      job text not null,
      slot_at ${int64} not null,
      state text not null,
      owner text not null,
      attempt ${int64} not null,
      renewed_at ${int64} not null,
      started_at ${int64} not null,
      finished_at ${int64},
      scan_id text,
      error text,
      primary key (job, slot_at)
    )`,
];

export const history: Migration = {
  name: "0002-history",
  statements: (types) => [...changeTables(types), ...snapshotTables(types), ...workTables(types)],
};
