import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import type { AuditAnchor, AuditEvent } from "../../ports/audit.ts";
import type { Database } from "../schema.ts";
import type { AuditRecordTable } from "../tables/audit.ts";
import { chained, GENESIS, headMac } from "./chain.ts";

/** Records of one commit. */
const MOST_TOGETHER = 1000;
/** Rows of one statement: 12 columns each, within what SQLite and PostgreSQL bind. */
const ROWS_PER_INSERT = 500;
/** How long a record waits for others to share its commit. */
const GATHER_MS = 10;
/** Waiting records beyond which new ones are refused: a database that is gone must not fill the memory. */
const MOST_WAITING = 50_000;

interface Waiting {
  readonly event: AuditEvent;
  readonly done: (seq: number) => void;
  readonly fail: (error: unknown) => void;
}

export interface Appender {
  append(event: AuditEvent): Promise<number>;
  /** Resolves when nothing waits any more. */
  drain(): Promise<void>;
}

export interface AppenderOptions {
  readonly key: Uint8Array;
  /** Called after each commit with the newest record. */
  readonly onCommit: (head: AuditAnchor) => void;
  /** Made when too many records wait. */
  readonly overflow: () => Error;
}

/** Writes records in the order given, many to a commit, whoever else appends to the same chain. */
export function createAppender(db: Kysely<Database>, options: AppenderOptions): Appender {
  const waiting: Waiting[] = [];
  let draining: Promise<void> | undefined;

  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const rows = await db.transaction().execute((trx) =>
        extend(
          trx,
          options.key,
          batch.map(({ event }) => event),
        ),
      );
      const last = rows.at(-1);
      for (const [index, { done }] of batch.entries()) done(rows[index]?.seq ?? 0);
      if (last !== undefined)
        options.onCommit({ atMs: last.at_ms, seq: last.seq, hash: last.hash });
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      if (waiting.length < MOST_TOGETHER) await sleep(GATHER_MS);
      await commit(waiting.splice(0, MOST_TOGETHER));
    }
    draining = undefined;
  };

  return {
    append: (event) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MOST_WAITING) {
          reject(options.overflow());
          return;
        }
        waiting.push({ event, done: resolve, fail: reject });
        draining ??= drain();
      }),
    drain: async () => {
      await draining;
    },
  };
}

/** Adds records behind the newest one. The update of the head keeps every other writer out until the commit. */
export async function extend(
  trx: Transaction<Database>,
  key: Uint8Array,
  events: readonly AuditEvent[],
): Promise<readonly AuditRecordTable[]> {
  await trx
    .insertInto("audit_head")
    .values({ chain: "main", seq: 0, hash: GENESIS, mac: "" })
    .onConflict((conflict) => conflict.column("chain").doNothing())
    .execute();
  const head = await trx
    .updateTable("audit_head")
    .set((eb) => ({ seq: eb("seq", "+", events.length) }))
    .where("chain", "=", "main")
    .returning(["seq", "hash"])
    .executeTakeFirstOrThrow();
  let seq = head.seq - events.length;
  let previousHash = head.hash;
  const rows = events.map((event) => {
    seq += 1;
    const row = chained(key, event, { seq, previousHash });
    previousHash = row.hash;
    return row;
  });
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT)
    await trx
      .insertInto("audit_records")
      .values(rows.slice(at, at + ROWS_PER_INSERT))
      .execute();
  const newest = { seq, hash: previousHash };
  await trx
    .updateTable("audit_head")
    .set({ ...newest, mac: headMac(key, newest) })
    .where("chain", "=", "main")
    .execute();
  return rows;
}
