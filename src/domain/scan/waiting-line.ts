import { AppError } from "../errors.ts";

/**
 * Who waits first. `interactive`: someone is waiting for the answer. `background`: scheduled work, served
 * only when nobody interactive waits in the same line.
 */
export const PRIORITIES = ["interactive", "background"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A line of callers: the interactive ones first, each lane in the order of coming. */
export interface WaitingLine {
  /**
   * Resolves when the caller is admitted.
   * @throws {AppError} `cancelled` as soon as `signal` aborts; the caller has then left the line.
   */
  wait(signal: AbortSignal, priority: Priority): Promise<void>;
  /** Admits whoever is first; false when nobody waits. */
  admit(): boolean;
  isEmpty(): boolean;
}

export function createWaitingLine(): WaitingLine {
  const lanes = { interactive: new Set<() => void>(), background: new Set<() => void>() } as const;
  return {
    wait: (signal, priority) => {
      if (signal.aborted) return Promise.reject(cancelled());
      const lane = lanes[priority];
      return new Promise((resolve, reject) => {
        const enter = (): void => {
          signal.removeEventListener("abort", leave);
          resolve();
        };
        const leave = (): void => {
          lane.delete(enter);
          reject(cancelled());
        };
        lane.add(enter);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
    admit: () => {
      for (const priority of PRIORITIES) {
        const [next] = lanes[priority];
        if (next === undefined) continue;
        lanes[priority].delete(next);
        next();
        return true;
      }
      return false;
    },
    isEmpty: () => PRIORITIES.every((priority) => lanes[priority].size === 0),
  };
}

function cancelled(): AppError {
  return new AppError("cancelled", "Stopped while waiting for its turn.");
}
