/** A thread that reads exported bills with DuckDB: native code, memory and CPU stay out of the server's own. */
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "../domain/errors.ts";
import { openDuckDb } from "./duckdb.ts";
import type { ReaderCommand, ReaderMessage, ReadFailure, ReadingOrder } from "./protocol.ts";
import { createBillReader } from "./reader.ts";

const PROGRESS_EVERY_MS = 500;

function tell(message: ReaderMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}

async function read(order: ReadingOrder): Promise<void> {
  const connection = await openDuckDb(order);
  let next = Promise.withResolvers<void>();
  parentPort?.on("message", (command: ReaderCommand) => {
    if (command === "stop") connection.interrupt();
    next.resolve();
  });
  const beat = setInterval(() => {
    const { percentage } = connection.progress;
    if (percentage > 0) tell({ kind: "progress", percent: Math.min(100, percentage) });
  }, PROGRESS_EVERY_MS);
  try {
    const reader = createBillReader(connection, order);
    for await (const groups of reader.pages()) {
      next = Promise.withResolvers<void>();
      tell({ kind: "page", groups });
      // One page is under way at a time: whoever stores them sets the pace.
      await next.promise;
    }
    tell({ kind: "end", facts: reader.facts() });
  } finally {
    clearInterval(beat);
    connection.closeSync();
  }
}

function failureOf(error: unknown): ReadFailure {
  if (error instanceof AppError) {
    const { code, message, hint, issues, details } = error;
    return { code, message, hint, issues, details };
  }
  return {
    code: "internal",
    message: "Reading a bill file failed.",
    hint: undefined,
    issues: [],
    details: { problem: error instanceof Error ? error.message : String(error) },
  };
}

const order: ReadingOrder = workerData;
await read(order).catch((error: unknown) => tell({ kind: "failure", failure: failureOf(error) }));
parentPort?.close();
