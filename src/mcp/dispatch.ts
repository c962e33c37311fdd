import type { CallToolResult } from "@modelcontextprotocol/server";
import { AppError, type ErrorCode } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Logger } from "../ports/logger.ts";
import type { AnyTool, ProgressUpdate } from "./define.ts";
import { asAppError, toToolError } from "./errors.ts";
import { inputError, nearestName } from "./input-issues.ts";
import { createProgressReporter } from "./progress.ts";

/** Longest a call may run before it is answered with an error: 10 minutes. */
export const DEFAULT_DEADLINE_MS = 600_000;

export interface DispatchDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Milliseconds; `DEFAULT_DEADLINE_MS` when absent. */
  readonly deadlineMs?: number;
}

/** One `tools/call`, free of any transport. */
export interface ToolCall {
  readonly name: string;
  /** As received: anything. */
  readonly arguments: unknown;
  /** Aborts when the caller cancels or goes away. */
  readonly signal: AbortSignal;
  /** Absent when the caller did not ask for progress. */
  readonly sendProgress?: (update: ProgressUpdate) => void;
}

export type Dispatch = (call: ToolCall) => Promise<CallToolResult>;

/** The caller named a tool that does not exist: in MCP a protocol error, not a failed call. */
export class UnknownToolError extends Error {
  override readonly name = "UnknownToolError";

  constructor(nearest: string | undefined) {
    super(`Unknown tool.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`);
  }
}

/**
 * The one way to a tool: parse the arguments, run under a deadline, check the answer against the
 * tool's own schema, and turn any failure into an answer that says what to do next.
 * The returned function throws only `UnknownToolError`.
 */
export function createDispatch(
  registry: readonly AnyTool[],
  toolDeps: object,
  deps: DispatchDeps,
): Dispatch {
  const byName = new Map(registry.map((tool) => [tool.name, tool]));
  return async (call) => {
    const tool = byName.get(call.name);
    if (tool === undefined) {
      deps.logger.warn("unknown tool");
      throw new UnknownToolError(nearestName(call.name, [...byName.keys()]));
    }
    const correlationId = deps.ids.next("call");
    const startedAt = deps.clock.now();
    const { result, outcome } = await answer({ tool, call, correlationId, toolDeps, deps });
    deps.logger.info("tool call", {
      tool: tool.name,
      correlationId,
      durationMs: deps.clock.now() - startedAt,
      outcome,
    });
    return result;
  };
}

interface Running {
  readonly tool: AnyTool;
  readonly call: ToolCall;
  readonly correlationId: string;
  readonly toolDeps: object;
  readonly deps: DispatchDeps;
}

interface Answered {
  readonly result: CallToolResult;
  readonly outcome: "ok" | ErrorCode;
}

async function answer(running: Running): Promise<Answered> {
  const { tool, call, correlationId, deps } = running;
  try {
    const parsed = tool.input.safeParse(call.arguments ?? {}, { reportInput: true });
    if (!parsed.success) {
      throw inputError(tool.name, parsed.error, Object.keys(tool.input.shape));
    }
    const output = tool.output.parse(await runWithDeadline(running, parsed.data));
    const text = tool.summarize(output, parsed.data);
    return {
      result: { content: [{ type: "text", text }], structuredContent: output },
      outcome: "ok",
    };
  } catch (error) {
    const shown = asAppError(error);
    logFailure(deps.logger, shown, { tool: tool.name, correlationId });
    return { result: toToolError(shown, correlationId), outcome: shown.code };
  }
}

function logFailure(
  logger: Logger,
  error: AppError,
  fields: { readonly tool: string; readonly correlationId: string },
): void {
  if (error.code === "internal") logger.error("tool failed", { ...fields, error });
  else logger.debug("tool refused", { ...fields, code: error.code, details: error.details, error });
}

/** Ends on time even when the tool does not listen to its signal; a late outcome is dropped. */
async function runWithDeadline(running: Running, input: Record<string, unknown>): Promise<unknown> {
  const { tool, call, correlationId, deps } = running;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `DepsFor<registry>` has what this tool asks for
  const toolDeps = running.toolDeps as never;
  const deadlineMs = deps.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  const signal = AbortSignal.any([call.signal, deadline.signal]);
  const { sendProgress } = call;
  const progress = createProgressReporter(deps.clock, (update) => sendProgress?.(update));
  const ended = Promise.withResolvers<never>();
  const end = (): void => {
    ended.reject(call.signal.aborted ? cancelled() : tooSlow(deadlineMs));
  };
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  try {
    const run = signal.aborted
      ? ended.promise
      : tool.run(input, toolDeps, {
          signal,
          correlationId,
          progress: (update) => progress.report(update),
        });
    return await Promise.race([run, ended.promise]);
  } finally {
    clearTimeout(timer);
    progress.stop();
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
    {
      hint: "Narrow the scope with cloud_provider, accounts, regions or resource_types.",
    },
  );
}
