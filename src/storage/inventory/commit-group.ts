import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import type { Database } from "../schema.ts";

/** Writes that share transactions. */
export interface CommitGroup {
  /**
   * Runs `work` in a transaction, after every work given before; resolves once it is committed. Work that
   * is given while a transaction runs shares the next one. When a shared transaction fails, each work is
   * run again in its own, so that one does not fail for another.
   */
  write<T>(work: Work<T>): Promise<T>;
}

type Work<T> = (trx: Transaction<Database>) => Promise<T>;

/** Runs the work and returns what tells its caller, to be called after the commit. */
interface Job {
  readonly run: (trx: Transaction<Database>) => Promise<() => void>;
  readonly fail: (error: unknown) => void;
}

/** Bounds how long the write lock is held. */
const MOST_TOGETHER = 64;

/** An embedded database leaves no pause in which others could join: this is one. */
const GATHER_MS = 5;

/**
 * A commit waits for the disk. Cells of a scan end many at a time, and waiting once for all of them is
 * what makes a first scan of a large organization as fast as it is.
 */
export function createCommitGroup(db: Kysely<Database>): CommitGroup {
  const waiting: Job[] = [];
  let draining = false;

  const commit = async (jobs: readonly Job[]): Promise<void> => {
    const tell = await db.transaction().execute(async (trx) => {
      const told: (() => void)[] = [];
      for (const job of jobs) told.push(await job.run(trx));
      return told;
    });
    for (const done of tell) done();
  };

  const drain = async (): Promise<void> => {
    draining = true;
    while (waiting.length > 0) {
      await sleep(GATHER_MS);
      const jobs = waiting.splice(0, MOST_TOGETHER);
      try {
        await commit(jobs);
      } catch (error) {
        if (jobs.length === 1) jobs[0]?.fail(error);
        else for (const job of jobs) await commit([job]).catch(job.fail);
      }
    }
    draining = false;
  };

  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({
          run: async (trx) => {
            const result = await work(trx);
            return () => resolve(result);
          },
          fail: reject,
        });
        if (!draining) void drain();
      }),
  };
}
