import type { ColumnTypes, Migration } from "./migration.ts";

const tables = ({ int64 }: ColumnTypes): readonly string[] => [
  `create table audit_records (
      seq ${int64} primary key,
      at_ms ${int64} not null,
      event text not null,
      correlation_id text not null,
      actor text not null,
      channel text not null,
      action text not null,
      arguments_digest text,
      outcome text not null,
      details text not null,
      previous_hash text not null,
      hash text not null
    )`,
  "create index audit_records_by_time on audit_records (at_ms)",
  `create table audit_head (
      chain text primary key,
      seq ${int64} not null,
      hash text not null,
      mac text not null
    )`,
  `create table audit_checkpoints (
      through_seq ${int64} primary key,
      hash text not null,
      at_ms ${int64} not null,
      mac text not null
    )`,
];

/**
 * Nothing changes what was recorded, and only what a checkpoint speaks for can be deleted. Whoever may
 * drop triggers can still do both; the chain shows it.
 */
const sqliteTriggers = [
  `create trigger audit_records_unchanged before update on audit_records
      begin select raise(abort, 'audit records are append-only'); end`,
  `create trigger audit_records_kept before delete on audit_records
      when old.seq > (select coalesce(max(through_seq), 0) from audit_checkpoints)
      begin select raise(abort, 'audit records are append-only'); end`,
  `create trigger audit_checkpoints_unchanged before update on audit_checkpoints
      begin select raise(abort, 'audit checkpoints are append-only'); end`,
  `create trigger audit_checkpoints_kept before delete on audit_checkpoints
      begin select raise(abort, 'audit checkpoints are append-only'); end`,
];

const postgresTriggers = [
  `create function audit_append_only() returns trigger language plpgsql as $$
      begin raise exception 'audit records are append-only'; end $$`,
  `create function audit_delete_checkpointed() returns trigger language plpgsql as $$
      begin
        if old.seq > (select coalesce(max(through_seq), 0) from audit_checkpoints) then
          raise exception 'audit records are append-only';
        end if;
        return old;
      end $$`,
  `create trigger audit_records_unchanged before update on audit_records
      for each row execute function audit_append_only()`,
  `create trigger audit_records_kept before delete on audit_records
      for each row execute function audit_delete_checkpointed()`,
  `create trigger audit_records_not_emptied before truncate on audit_records
      for each statement execute function audit_append_only()`,
  `create trigger audit_checkpoints_unchanged before update or delete on audit_checkpoints
      for each row execute function audit_append_only()`,
  `create trigger audit_checkpoints_not_emptied before truncate on audit_checkpoints
      for each statement execute function audit_append_only()`,
];

/** Trigger languages differ; PostgreSQL is known by the name of its 64-bit integer. */
export const audit: Migration = {
  name: "0004-audit",
  statements: (types) => [
    ...tables(types),
    ...(types.int64 === "bigint" ? postgresTriggers : sqliteTriggers),
  ],
};
