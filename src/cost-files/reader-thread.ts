import { Worker } from "node:worker_threads";
import { AppError } from "../domain/errors.ts";
import type {
  ReaderCommand,
  ReaderMessage,
  ReadFacts,
  ReadFailure,
  ReadGroup,
  ReadingOrder,
} from "./protocol.ts";
import { billReaderUrl } from "./worker-entries.ts";

export interface ThreadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (percent: number) => void;
}

/**
 * Reads files on a thread of its own, which ends with the reading.
 * @throws {AppError} from `pages`: what the reader throws, and `cancelled` when `signal` aborts.
 */
export async function* readOnThread(
  order: ReadingOrder,
  { signal, onProgress }: ThreadOptions,
): AsyncGenerator<readonly ReadGroup[], ReadFacts> {
  if (signal.aborted) throw cancelled();
  const worker = new Worker(billReaderUrl(), { workerData: order, name: "bill-reader" });
  const mailbox = createMailbox(worker, onProgress);
  const say = (command: ReaderCommand): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(command);
  };
  const stop = (): void => {
    say("stop");
    mailbox.fail(cancelled());
  };
  signal.addEventListener("abort", stop);
  try {
    for (;;) {
      const message = await mailbox.next();
      if (message.kind === "failure") throw signal.aborted ? cancelled() : errorOf(message.failure);
      if (message.kind === "end") return message.facts;
      yield message.groups;
      say("next");
    }
  } finally {
    signal.removeEventListener("abort", stop);
    say("stop");
    // Never `terminate()`: what DuckDB does in native code would then end in a runtime that is gone, which
    // aborts the whole process. Told to stop, the thread interrupts it, closes it and ends by itself.
    await mailbox.ended;
  }
}

type Delivered = Exclude<ReaderMessage, { readonly kind: "progress" }>;

/** Messages in order; a thread that ends early is a failure of whoever waits. */
function createMailbox(
  worker: Worker,
  onProgress: (percent: number) => void,
): {
  next(): Promise<Delivered>;
  fail(error: AppError): void;
  /** The thread is gone. */
  readonly ended: Promise<void>;
} {
  const waiting: Delivered[] = [];
  let failure: AppError | undefined;
  let wake = Promise.withResolvers<void>();
  const fail = (error: AppError): void => {
    failure ??= error;
    wake.resolve();
  };
  worker.on("message", (message: ReaderMessage) => {
    if (message.kind === "progress") return onProgress(message.percent);
    waiting.push(message);
    wake.resolve();
  });
  worker.on("error", (cause) => fail(broken(cause)));
  const ended = Promise.withResolvers<void>();
  worker.on("exit", () => {
    ended.resolve();
    fail(broken(undefined));
  });
  return {
    fail,
    ended: ended.promise,
    next: async () => {
      for (;;) {
        const message = waiting.shift();
        if (message !== undefined) return message;
        if (failure !== undefined) throw failure;
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    },
  };
}

function errorOf({ code, message, hint, issues, details }: ReadFailure): AppError {
  return new AppError(code, message, {
    issues,
    details,
    ...(hint === undefined ? {} : { hint }),
  });
}

function cancelled(): AppError {
  return new AppError("cancelled", "Reading bill files was stopped.");
}

function broken(cause: unknown): AppError {
  return new AppError("internal", "The thread that reads bill files ended unexpectedly.", {
    hint: "Look for an out-of-memory message; read fewer files at once.",
    ...(cause === undefined ? {} : { cause }),
  });
}
