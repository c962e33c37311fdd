import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Clock } from "../ports/clock.ts";
import type { ClaimedSlot, JobRun, JobRuns, Lease, Leases } from "../ports/lease.ts";
import type { Database } from "./schema.ts";

/**
 * What only one process may do at a time, over an opened and migrated database. Whoever is silent for too
 * long loses its right to the next who asks; every later write of it then finds that out.
 */
export function createLeases(db: Kysely<Database>, clock: Clock): Leases {
  const owner = randomUUID();
  return {
    acquire: async (name, silentAfterMs) => {
      const now = clock.now();
      const row = await db
        .insertInto("leases")
        .values({ name, owner, token: 1, renewed_at: now })
        .onConflict((conflict) =>
          conflict
            .column("name")
            .doUpdateSet((eb) => ({ owner, token: eb("leases.token", "+", 1), renewed_at: now }))
            .where((eb) =>
              eb.or([
                eb("leases.owner", "is", null),
                eb("leases.renewed_at", "<", now - silentAfterMs),
              ]),
            ),
        )
        .returning("token")
        .executeTakeFirst();
      return row === undefined ? null : heldLease(db, clock, { name, token: row.token });
    },
  };
}

function heldLease(
  db: Kysely<Database>,
  clock: Clock,
  { name, token }: { readonly name: string; readonly token: number },
): Lease {
  const change = async (columns: { owner?: null; renewed_at: number }): Promise<boolean> => {
    const result = await db
      .updateTable("leases")
      .set(columns)
      .where("name", "=", name)
      .where("token", "=", token)
      .where("owner", "is not", null)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  };
  return {
    name,
    token,
    renew: () => change({ renewed_at: clock.now() }),
    release: async () => {
      await change({ owner: null, renewed_at: clock.now() });
    },
  };
}

/** Runs of scheduled jobs: at most one recorded completion a slot, whatever dies in between. */
export function createJobRuns(db: Kysely<Database>, clock: Clock): JobRuns {
  const owner = randomUUID();
  return {
    claim: async (job, slotAt, { silentAfterMs, retryAfterMs, maxAttempts }) => {
      const now = clock.now();
      const fresh = {
        owner,
        state: "running" as const,
        renewed_at: now,
        started_at: now,
        finished_at: null,
        scan_id: null,
        error: null,
      };
      const row = await db
        .insertInto("job_runs")
        .values({ job, slot_at: slotAt, attempt: 1, ...fresh })
        .onConflict((conflict) =>
          conflict
            .columns(["job", "slot_at"])
            .doUpdateSet((eb) => ({ ...fresh, attempt: eb("job_runs.attempt", "+", 1) }))
            .where("job_runs.attempt", "<", maxAttempts)
            .where((eb) =>
              eb.or([
                eb.and([
                  eb("job_runs.state", "=", "failed"),
                  eb("job_runs.renewed_at", "<=", now - retryAfterMs),
                ]),
                eb.and([
                  eb("job_runs.state", "=", "running"),
                  eb("job_runs.renewed_at", "<", now - silentAfterMs),
                ]),
              ]),
            ),
        )
        .returning("attempt")
        .executeTakeFirst();
      if (row === undefined) return null;
      return claimedSlot(db, clock, { job, slotAt, owner, attempt: row.attempt });
    },
    recordMissed: (job, slots) => recordMissed(db, { job, slots, owner, now: clock.now() }),
    last: async (job, states) => {
      const row = await db
        .selectFrom("job_runs")
        .selectAll()
        .where("job", "=", job)
        .where("state", "in", states)
        .orderBy("slot_at", "desc")
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : toJobRun(row);
    },
  };
}

async function recordMissed(
  db: Kysely<Database>,
  missed: {
    readonly job: string;
    readonly slots: readonly number[];
    readonly owner: string;
    readonly now: number;
  },
): Promise<number> {
  const { job, slots, owner, now } = missed;
  let recorded = 0;
  for (const slotAt of slots) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto("job_runs")
      .values({
        job,
        slot_at: slotAt,
        state: "missed",
        owner,
        attempt: 0,
        renewed_at: now,
        started_at: now,
        finished_at: now,
        scan_id: null,
        error: null,
      })
      .onConflict((conflict) => conflict.columns(["job", "slot_at"]).doNothing())
      .executeTakeFirst();
    recorded += Number(numInsertedOrUpdatedRows ?? 0n);
  }
  return recorded;
}

interface OwnSlot {
  readonly job: string;
  readonly slotAt: number;
  readonly owner: string;
  readonly attempt: number;
}

function claimedSlot(db: Kysely<Database>, clock: Clock, own: OwnSlot): ClaimedSlot {
  const change = async (columns: Partial<Database["job_runs"]>): Promise<boolean> => {
    const result = await db
      .updateTable("job_runs")
      .set({ ...columns, renewed_at: clock.now() })
      .where("job", "=", own.job)
      .where("slot_at", "=", own.slotAt)
      .where("owner", "=", own.owner)
      .where("attempt", "=", own.attempt)
      .where("state", "=", "running")
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  };
  return {
    attempt: own.attempt,
    renew: () => change({}),
    finish: ({ state, scanId, error }) =>
      change({ state, scan_id: scanId, error, finished_at: clock.now() }),
  };
}

function toJobRun(row: Database["job_runs"]): JobRun {
  return {
    job: row.job,
    slotAt: row.slot_at,
    state: row.state,
    attempt: row.attempt,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    scanId: row.scan_id,
    error: row.error,
  };
}

/**
 * The clock of a PostgreSQL database, which the machines that share it agree on where their own clocks
 * do not. How far it is ahead is measured once.
 */
export async function postgresClock(db: Kysely<Database>, local: Clock): Promise<Clock> {
  const askedAt = local.now();
  const { rows } = await sql<{
    now: number;
  }>`select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now`.execute(db);
  const aheadMs = (rows[0]?.now ?? askedAt) - (askedAt + local.now()) / 2;
  return { now: () => Math.round(local.now() + aheadMs) };
}
