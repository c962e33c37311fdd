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
  let failure: { readonly error: unknown } | undefined;
  let running = 0;
  let isDrained = false;
  const { promise: allEnded, resolve: endAll } = Promise.withResolvers<void>();
  const start = (item: T): void => {
    running += 1;
    void work(item)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        running -= 1;
        const next = failure === undefined ? waiting.shift() : undefined;
        if (next !== undefined) start(next);
        if (running === 0 && isDrained) endAll();
      });
  };
  try {
    for await (const item of items) {
      if (failure !== undefined) break;
      if (running < limit) start(item);
      else waiting.push(item);
    }
  } finally {
    isDrained = true;
    // One promise for all of them: racing those that run, again for each that ends, costs as much as the work.
    if (running > 0) await allEnded;
  }
  if (failure !== undefined) throw failure.error;
}
