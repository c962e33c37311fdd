import { randomUUID } from "node:crypto";
import {
  type CallToolResult,
  isInputRequiredResult,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Detached, Patience } from "./pipeline/patience.ts";
import { callOf, declaresExtension } from "./request.ts";

/** @see modelcontextprotocol.io, SEP-2663 */
export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";
/** A client that knows tasks need not wait longer for one. */
export const TASK_AFTER_MS = 2000;
/** From its beginning; longer than a call may run and its answer is kept. */
const TTL_MS = 1_800_000;
const POLL_INTERVAL_MS = 2000;
/** As many as calls that go on; the oldest is forgotten, as its call is. */
const MOST_TASKS = 200;

interface Task {
  readonly id: string;
  readonly callerKey: string;
  readonly createdAtMs: number;
  readonly detached: Detached;
  /** Of the same call again, made once it had ended: through all stages, as any answer. */
  answer: Promise<CallToolResult> | undefined;
  cancelled: boolean;
}

export interface TasksDeps {
  readonly dispatch: Dispatch;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Tasks {
  /** What a client that knows tasks is answered in place of a call that still runs. */
  insteadOf(result: CallToolResult): Record<string, unknown> | undefined;
  serve(mcp: McpServer): void;
}

/** Calls that outlast their client's patience, as tasks. In this process: another replica knows none of them. */
export function createTasks(deps: TasksDeps): Tasks {
  const tasks = new Map<string, Task>();
  const find = (taskId: string, mcp: McpServer, context: ServerContext): Task => {
    if (!declaresExtension(context, TASKS_EXTENSION))
      throw new MissingRequiredClientCapabilityError({
        requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
      });
    const task = tasks.get(taskId);
    const { principal } = callOf(mcp, context, deps.logger);
    if (task === undefined || task.callerKey !== principal.key)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Unknown task.");
    return task;
  };
  return {
    insteadOf(result) {
      const detached = deps.patience.behind(result);
      if (detached === undefined) return undefined;
      forgetOld(tasks, deps.clock.now());
      const task: Task = {
        id: randomUUID(),
        callerKey: detached.call.principal.key,
        createdAtMs: deps.clock.now(),
        detached,
        answer: undefined,
        cancelled: false,
      };
      tasks.set(task.id, task);
      return { resultType: "task", ...view(task, "working", deps.clock.now()) };
    },
    serve(mcp) {
      const params = z.looseObject({ taskId: z.string() });
      mcp.server.setRequestHandler("tasks/get", { params }, ({ taskId }, context) =>
        state(find(taskId, mcp, context), deps, callOf(mcp, context, deps.logger)),
      );
      mcp.server.setRequestHandler("tasks/cancel", { params }, ({ taskId }, context) => {
        const task = find(taskId, mcp, context);
        if (task.detached.endedAtMs === null) task.cancelled = true;
        task.detached.controller.abort();
        return {};
      });
      // Nothing of ours asks while it runs, so there is nothing to update.
      mcp.server.setRequestHandler("tasks/update", { params }, ({ taskId }, context) => {
        find(taskId, mcp, context);
        return {};
      });
    },
  };
}

async function state(
  task: Task,
  { dispatch, clock }: TasksDeps,
  caller: ReturnType<typeof callOf>,
): Promise<Record<string, unknown>> {
  const { detached } = task;
  if (task.cancelled) return view(task, "cancelled", clock.now());
  if (detached.endedAtMs === null) return view(task, "working", clock.now());
  const { confirm: _confirm, ...given } = detached.call.input;
  task.answer ??= dispatch({ ...caller, name: detached.call.tool.name, arguments: given }).then(
    (result) => {
      if (isInputRequiredResult(result))
        throw new ProtocolError(ProtocolErrorCode.InternalError, "A call that ran must not ask.");
      return result;
    },
  );
  const result = { resultType: "complete", ...(await task.answer) };
  return { ...view(task, "completed", detached.endedAtMs), result };
}

function view(task: Task, status: string, updatedAtMs: number): Record<string, unknown> {
  const { update } = task.detached;
  return {
    taskId: task.id,
    status,
    ...(update === undefined || status !== "working" ? {} : { statusMessage: update.message }),
    createdAt: new Date(task.createdAtMs).toISOString(),
    lastUpdatedAt: new Date(updatedAtMs).toISOString(),
    ttlMs: TTL_MS,
    pollIntervalMs: POLL_INTERVAL_MS,
  };
}

function forgetOld(tasks: Map<string, Task>, nowMs: number): void {
  for (const [id, { createdAtMs }] of tasks)
    if (nowMs - createdAtMs > TTL_MS || tasks.size >= MOST_TASKS) tasks.delete(id);
}
