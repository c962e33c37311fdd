import { AppError } from "../domain/errors.ts";
import type { ScanRecord } from "../ports/inventory.ts";
import type { ScanProgress } from "./scan.ts";

/** Starts the real scan: told when to stop, tells how far it is. */
export type StartScan = (
  signal: AbortSignal,
  onProgress: (progress: ScanProgress) => void,
) => Promise<ScanRecord>;

export interface ScanWaiter {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

interface Running {
  readonly controller: AbortController;
  readonly waiters: Set<ScanWaiter>;
  readonly result: Promise<ScanRecord>;
}

/**
 * One scan at a time per key within this process: who asks for a scope that is being scanned waits for
 * that result. The scan is cancelled only when everyone who waits for it has cancelled.
 */
export function createSharedScans(): {
  run(key: string, waiter: ScanWaiter, start: StartScan): Promise<ScanRecord>;
} {
  const running = new Map<string, Running>();
  return {
    async run(key, waiter, start) {
      if (waiter.signal.aborted) throw cancelled();
      const scan = running.get(key) ?? begin(running, key, start);
      scan.waiters.add(waiter);
      const leave = Promise.withResolvers<never>();
      const onAbort = (): void => {
        scan.waiters.delete(waiter);
        if (scan.waiters.size === 0) scan.controller.abort(waiter.signal.reason);
        // The last one to leave waits for the scan to end in order: nothing runs on unseen.
        else leave.reject(cancelled());
      };
      waiter.signal.addEventListener("abort", onAbort, { once: true });
      try {
        return await Promise.race([scan.result, leave.promise]);
      } finally {
        waiter.signal.removeEventListener("abort", onAbort);
        scan.waiters.delete(waiter);
      }
    },
  };
}

function cancelled(): AppError {
  return new AppError("cancelled", "The scan was cancelled.");
}

function begin(running: Map<string, Running>, key: string, start: StartScan): Running {
  const controller = new AbortController();
  const waiters = new Set<ScanWaiter>();
  const result = start(controller.signal, (progress) => {
    for (const waiter of waiters) waiter.onProgress?.(progress);
  }).finally(() => {
    running.delete(key);
  });
  const scan = { controller, waiters, result };
  running.set(key, scan);
  return scan;
}
