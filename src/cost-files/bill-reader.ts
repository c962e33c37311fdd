/** A thread that reads exported bills with DuckDB: native code, memory and CPU stay out of the server's own. */
import { parentPort, workerData } from "node:worker_threads";
import type { DuckDBConnection } from "@duckdb/node-api";
import { AppError } from "../domain/errors.ts";
import { openDuckDb } from "./duckdb.ts";
import type { ReaderCommand, ReaderMessage, ReadFailure, ReadingOrder } from "./protocol.ts";
import { createBillReader } from "./reader.ts";

const PROGRESS_EVERY_MS = 500;
const INTERRUPT_EVERY_MS = 50;

function tell(message: ReaderMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}

/** What the user of the thread said. `stop` may come at any time, even before DuckDB is there. */
function createEar(): { readonly stopped: AbortSignal; next(): Promise<void> } {
  const stop = new AbortController();
  let heard = Promise.withResolvers<void>();
  parentPort?.on("message", (command: ReaderCommand) => {
    if (command === "stop") stop.abort();
    heard.resolve();
  });
  return {
    stopped: stop.signal,
    next: async () => {
      await heard.promise;
      heard = Promise.withResolvers<void>();
    },
  };
}

/**
 * Interrupts whatever statement runs once it is time to stop, again and again: a statement that has not
 * begun yet does not notice. @returns ends the watch.
 */
function interruptWhen(stopped: AbortSignal, connection: DuckDBConnection): () => void {
  let again: NodeJS.Timeout | undefined;
  const begin = (): void => {
    connection.interrupt();
    again = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
  };
  if (stopped.aborted) begin();
  else stopped.addEventListener("abort", begin, { once: true });
  return () => {
    stopped.removeEventListener("abort", begin);
    clearInterval(again);
  };
}

async function read(order: ReadingOrder): Promise<void> {
  const ear = createEar();
  const { connection, close } = await openDuckDb(order);
  const endWatch = interruptWhen(ear.stopped, connection);
  const beat = setInterval(() => {
    const { percentage } = connection.progress;
    if (percentage > 0) tell({ kind: "progress", percent: Math.min(100, percentage) });
  }, PROGRESS_EVERY_MS);
  try {
    const reader = createBillReader(connection, order);
    for await (const groups of reader.pages()) {
      if (ear.stopped.aborted) return;
      tell({ kind: "page", groups });
      // One page is under way at a time: whoever stores them sets the pace.
      await ear.next();
      if (ear.stopped.aborted) return;
    }
    tell({ kind: "end", facts: reader.facts() });
  } finally {
    clearInterval(beat);
    endWatch();
    close();
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
