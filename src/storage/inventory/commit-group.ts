import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import type { Database } from "../schema.ts";

/** Writes that share transactions. */
export interface CommitGroup<Item> {
  /**
   * Runs `work` in a transaction, after every work given before; resolves once it is committed. Work that
   * is given while a transaction runs shares the next one. When a shared transaction fails, each work is
   * run again in its own, so that one does not fail for another.
   */
  write<T>(work: Work<T>): Promise<T>;
  /**
   * As `write`, for many small works of one kind: the items that share a transaction are stored by one
   * call, before every other work in it.
   */
  store(item: Item): Promise<void>;
}

type Work<T> = (trx: Transaction<Database>) => Promise<T>;

/** Stores items; returns what is to be called once that is committed. */
type StoreAll<Item> = (trx: Transaction<Database>, items: readonly Item[]) => Promise<() => void>;

type Job<Item> = {
  readonly fail: (error: unknown) => void;
} & (
  | { readonly kind: "item"; readonly item: Item; readonly done: () => void }
  /** Runs the work and returns what tells its caller, to be called after the commit. */
  | { readonly kind: "work"; readonly run: Work<() => void> }
);

/** Bounds how long the write lock is held. */
const MOST_TOGETHER = 64;

/** An embedded database leaves no pause in which others could join: this is one. */
const GATHER_MS = 5;

/**
 * A commit waits for the disk. Cells of a scan end many at a time, and waiting once for all of them is
 * what makes a first scan of a large organization as fast as it is.
 */
export function createCommitGroup<Item>(
  db: Kysely<Database>,
  storeAll: StoreAll<Item>,
): CommitGroup<Item> {
  const waiting: Job<Item>[] = [];
  let draining = false;

  const commit = async (jobs: readonly Job<Item>[]): Promise<void> => {
    const items = jobs.filter((job) => job.kind === "item");
    const tell = await db.transaction().execute(async (trx) => {
      const told: (() => void)[] = [];
      if (items.length > 0)
        told.push(
          await storeAll(
            trx,
            items.map(({ item }) => item),
          ),
        );
      for (const job of jobs) told.push(job.kind === "item" ? job.done : await job.run(trx));
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

  const add = (job: Job<Item>): void => {
    waiting.push(job);
    if (!draining) void drain();
  };

  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        const run: Work<() => void> = async (trx) => {
          const result = await work(trx);
          return () => resolve(result);
        };
        add({ kind: "work", run, fail: reject });
      }),
    store: (item) =>
      new Promise((resolve, reject) => {
        add({ kind: "item", item, done: resolve, fail: reject });
      }),
  };
}
