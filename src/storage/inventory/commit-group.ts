import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** Writes that share transactions. */
export interface CommitGroup<Job, Result> {
  /**
   * Resolves once the job is committed. Jobs that are given while a transaction runs share the next one,
   * in the order given. When a shared transaction fails, each job is done again in its own, so that one
   * does not fail for another.
   * @param rows how much there is to write.
   */
  add(job: Job, rows: number): Promise<Result>;
}

/** Does jobs in one transaction; a result for each. */
type Commit<Job, Result> = (jobs: readonly Job[]) => Promise<readonly Result[]>;

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly rows: number;
  readonly done: (result: Result) => void;
  readonly fail: (error: unknown) => void;
}

/** Bound how long the write lock is held: some tenths of a second. */
const MOST_JOBS = 256;
const MOST_ROWS = 2_048;

/** Fewer rows than this are worth a pause, in which others can join. */
const WORTH_A_COMMIT = 1_024;
const GATHER_MS = 5;

export interface CommitGroupOptions {
  /** Transactions that are asked for before the first of them has ended; default 1. */
  readonly atOnce?: number;
}

/**
 * A commit waits for the disk. Cells of a scan end many at a time, and waiting once for all of them is
 * what makes a first scan of a large organization as fast as it is.
 */
export function createCommitGroup<Job, Result>(
  commit: Commit<Job, Result>,
  { atOnce = 1 }: CommitGroupOptions = {},
): CommitGroup<Job, Result> {
  const waiting: Waiting<Job, Result>[] = [];
  let waitingRows = 0;
  let draining = 0;
  const isAlone = (): boolean => draining === 1;
  const isWorthIt = (): boolean => waitingRows >= WORTH_A_COMMIT;

  const commitAll = async (some: readonly Waiting<Job, Result>[]): Promise<void> => {
    const results = await commit(some.map(({ job }) => job));
    // A result for each job is what `commit` promises.
    for (const [at, result] of results.entries()) some[at]?.done(result);
  };

  const drain = async (): Promise<void> => {
    draining += 1;
    // Beside another only for what is worth it: alone, it takes all that waits.
    while (waiting.length > 0 && (isAlone() || isWorthIt())) {
      await (isWorthIt() ? nextTurn() : sleep(GATHER_MS));
      const some = waiting.splice(0, fitting(waiting));
      if (some.length === 0) break;
      waitingRows -= rowsOf(some);
      try {
        await commitAll(some);
      } catch (error) {
        if (some.length === 1) some[0]?.fail(error);
        else for (const one of some) await commitAll([one]).catch(one.fail);
      }
    }
    draining -= 1;
  };

  return {
    add: (job, rows) =>
      new Promise((resolve, reject) => {
        waiting.push({ job, rows, done: resolve, fail: reject });
        waitingRows += rows;
        if (draining === 0 || (draining < atOnce && isWorthIt())) void drain();
      }),
  };
}

function rowsOf(some: readonly { readonly rows: number }[]): number {
  return some.reduce((sum, { rows }) => sum + rows, 0);
}

/** How many of the first share a transaction; at least one. */
function fitting(some: readonly { readonly rows: number }[]): number {
  let rows = 0;
  const end = some.findIndex((one) => (rows += one.rows) > MOST_ROWS);
  return Math.min(MOST_JOBS, end === -1 ? some.length : Math.max(1, end));
}
