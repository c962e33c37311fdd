import { createWaitingLine, type Priority } from "./waiting-line.ts";

/** A bounded number of things under way at once; the rest wait in line. */
export interface Slots {
  /**
   * Runs `task` when a slot is free. A caller whose `signal` aborts while it waits leaves the line and
   * is rejected.
   * @param priority Default `interactive`.
   * @throws {AppError} `cancelled`, and whatever `task` throws.
   */
  run<T>(signal: AbortSignal, task: () => Promise<T>, priority?: Priority): Promise<T>;
}

export function createSlots(max: number): Slots {
  const line = createWaitingLine();
  let free = max;
  return {
    run: async (signal, task, priority = "interactive") => {
      if (free > 0 && !signal.aborted) free -= 1;
      else await line.wait(signal, priority);
      try {
        return await task();
      } finally {
        // The slot goes straight to the next in line, so that nobody who comes later can take it.
        if (!line.admit()) free += 1;
      }
    },
  };
}
