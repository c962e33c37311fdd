/**
 * Runs `work` over everything `items` yields, at most `limit` at a time. The source is drained as fast
 * as it yields, so that a progress display learns the total early; what it yields must be small.
 * The first failure stops new work and is thrown once work in flight has ended.
 */
export async function forEachConcurrent<T>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting: T[] = [];
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const start = (item: T): void => {
    const job = work(item)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        running.delete(job);
        const next = failure === undefined ? waiting.shift() : undefined;
        if (next !== undefined) start(next);
      });
    running.add(job);
  };
  try {
    for await (const item of items) {
      if (failure !== undefined) break;
      if (running.size < limit) start(item);
      else waiting.push(item);
    }
  } finally {
    while (running.size > 0) await Promise.race(running);
  }
  if (failure !== undefined) throw failure.error;
}
