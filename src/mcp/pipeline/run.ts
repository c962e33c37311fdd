import { AppError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { createProgressReporter } from "../progress.ts";
import type { ParsedCall } from "./call.ts";
import { createNotices } from "./notices.ts";

export interface RunOptions {
  readonly toolDeps: object;
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** Told of cloud requests that cost money, in millionths of a US dollar. */
  readonly onSpent: (costMicros: number) => void;
}

/** Ends on time even when the tool does not listen to its signal; a late outcome is dropped. */
export async function run(call: ParsedCall, options: RunOptions): Promise<unknown> {
  const { tool, received, correlationId, input } = call;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `DepsFor<registry>` has what this tool asks for
  const toolDeps = options.toolDeps as never;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), options.deadlineMs);
  const signal = AbortSignal.any([received.signal, deadline.signal]);
  const { sendProgress, sendNotice } = received;
  const progress = createProgressReporter(options.clock, (update) => sendProgress?.(update));
  const notices = createNotices((notice) => sendNotice?.(notice));
  const ended = Promise.withResolvers<never>();
  const end = (): void => {
    ended.reject(received.signal.aborted ? cancelled() : tooSlow(options.deadlineMs));
  };
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  try {
    const running = signal.aborted
      ? ended.promise
      : tool.run({ ...input }, toolDeps, {
          signal,
          correlationId,
          principal: call.principal,
          progress: (update) => progress.report(update),
          notice: (notice) => notices.tell(notice),
          spent: options.onSpent,
        });
    return await Promise.race([running, ended.promise]);
  } finally {
    clearTimeout(timer);
    progress.stop();
    notices.end();
    signal.removeEventListener("abort", end);
  }
}

function cancelled(): AppError {
  return new AppError("cancelled", "The call was cancelled by its caller.");
}

function tooSlow(deadlineMs: number): AppError {
  return new AppError(
    "deadline_exceeded",
    `The call did not finish within ${Math.ceil(deadlineMs / 1000)} s.`,
    { hint: "Narrow the scope with cloud_provider, accounts, regions or resource_types." },
  );
}
