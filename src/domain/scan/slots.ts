import { AppError } from "../errors.ts";

/** A bounded number of things under way at once; the rest wait in the order they came. */
export interface Slots {
  /**
   * Runs `task` when a slot is free. A caller whose `signal` aborts while it waits leaves the queue and
   * is rejected.
   * @throws {AppError} `cancelled`, and whatever `task` throws.
   */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T>;
}

export function createSlots(max: number): Slots {
  let free = max;
  const waiting = new Set<() => void>();

  const acquire = (signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(cancelled());
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        waiting.delete(enter);
        reject(cancelled());
      };
      waiting.add(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  };

  const release = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  };

  return {
    run: async (signal, task) => {
      await acquire(signal);
      try {
        return await task();
      } finally {
        release();
      }
    },
  };
}

function cancelled(): AppError {
  return new AppError("cancelled", "Stopped while waiting for a free slot.");
}
