import type { Migration } from "./migration.ts";

/** Where judgements by a new policy wait until all of them are made. */
export const reJudgement: Migration = {
  name: "0020-re-judgement",
  statements: ({ int64 }) => [
    `create table staged_verdicts (
      resource_no ${int64} primary key,
      verdict text not null,
      state text not null,
      gap ${int64}
    )`,
    `create table staged_violations (
      id ${int64} primary key,
      resource_no ${int64} not null,
      finding_id ${int64} not null,
      actual text,
      suggestion text
    )`,
  ],
};
