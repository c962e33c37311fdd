import type { CallToolResult } from "@modelcontextprotocol/server";
import type { AppError, ErrorCode } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Logger } from "../ports/logger.ts";
import { digestOf } from "../safety/canonical.ts";
import { type BudgetLeft, CALL_WEIGHT } from "../safety/budget.ts";
import type { Entered } from "../safety/loops.ts";
import type { PrincipalKind } from "../safety/principal.ts";
import type { Safety } from "../safety/safety.ts";
import type { AnyTool } from "./define.ts";
import { asAppError, isRetryable, toToolError } from "./errors.ts";
import { nearestName } from "./input-issues.ts";
import { changesSomething, recordDurably, recordSoon } from "./pipeline/audit-call.ts";
import { authorize } from "./pipeline/authorize.ts";
import type { KnownCall, ParsedCall, ToolCall } from "./pipeline/call.ts";
import { checkOutput } from "./pipeline/check-output.ts";
import { parseInput } from "./pipeline/parse-input.ts";
import { run } from "./pipeline/run.ts";

/** Longest a call may run before it is answered with an error: 10 minutes. */
export const DEFAULT_DEADLINE_MS = 600_000;

/** What an observer is told of each call, whatever became of it. */
export interface CallObservation {
  readonly tool: string;
  readonly outcome: "ok" | ErrorCode;
  readonly durationMs: number;
  readonly principalKind: PrincipalKind;
}

export interface DispatchDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /**
   * What guards every call.
   * @throws {AppError} `config_invalid` while the configuration is broken; every call answers so then
   */
  readonly safety: () => Promise<Safety>;
  /** For metrics. */
  readonly observe?: (call: CallObservation) => void;
  /** Milliseconds; `DEFAULT_DEADLINE_MS` when absent. */
  readonly deadlineMs?: number;
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
 * The one way to a tool, whatever the transport. A failure of any stage becomes an answer that says what
 * to do next. The returned function throws only `UnknownToolError`.
 */
export function createDispatch(
  registry: readonly AnyTool[],
  toolDeps: object,
  deps: DispatchDeps,
): Dispatch {
  const byName = new Map(registry.map((tool) => [tool.name, tool]));
  return async (received) => {
    const tool = byName.get(received.name);
    if (tool === undefined) return refuseUnknownTool(received, [...byName.keys()], deps);
    const { principal } = received;
    const call: KnownCall = {
      tool,
      received,
      principal,
      correlationId: deps.ids.next("call"),
      startedAtMs: deps.clock.now(),
    };
    const { result, outcome } = await answer(call, toolDeps, deps);
    const durationMs = deps.clock.now() - call.startedAtMs;
    const { correlationId } = call;
    deps.logger.info("tool call", { tool: tool.name, correlationId, durationMs, outcome });
    deps.observe?.({ tool: tool.name, outcome, durationMs, principalKind: principal.kind });
    return result;
  };
}

interface Answered {
  readonly result: CallToolResult;
  readonly outcome: "ok" | ErrorCode;
}

async function answer(call: KnownCall, toolDeps: object, deps: DispatchDeps): Promise<Answered> {
  try {
    const safety = await deps.safety();
    return await guarded(call, safety, { toolDeps, deps });
  } catch (error) {
    const shown = asAppError(error);
    logFailure(deps.logger, shown, { tool: call.tool.name, correlationId: call.correlationId });
    return { result: toToolError(shown, call.correlationId), outcome: shown.code };
  }
}

interface Surroundings {
  readonly toolDeps: object;
  readonly deps: DispatchDeps;
}

/** The stages in their order. Each throws an `AppError` that ends the call, or lets it go on. */
async function guarded(
  call: KnownCall,
  safety: Safety,
  surroundings: Surroundings,
): Promise<Answered> {
  const { deps } = surroundings;
  const { key } = call.principal;
  let parsed: ParsedCall | undefined;
  let entered: Entered | undefined;
  try {
    authorize(call);
    parsed = await parseOrCount(call, safety);
    entered = call.tool.polling === true ? undefined : await safety.loops.enter(loopKey(parsed));
    const left = await safety.budget.spendCall(key, weightOf(parsed));
    if (call.tool.reachesClouds) await safety.budget.requireUpstream(key);
    if (changesSomething(call)) await recordDurably(safety.audit, parsed, started(deps));
    const produced = await runMetered(parsed, safety, surroundings);
    const result = checkOutput(parsed, produced);
    const digest = digestOf(result.structuredContent);
    await entered?.answered({ digest, summary: textOf(result) });
    await recordEnd(parsed, safety, deps, { outcome: "ok", details: { answer: digest } });
    return { result: withBudget(result, left), outcome: "ok" };
  } catch (error) {
    const shown = asAppError(error);
    if (isRetryable(shown.code)) await entered?.retryable();
    const ended = { outcome: shown.code, details: {} };
    await recordEnd(parsed ?? call, safety, deps, ended);
    throw error;
  }
}

/** A call that nobody can understand costs the caller, too: else it could be repeated without end. */
async function parseOrCount(call: KnownCall, { budget }: Safety): Promise<ParsedCall> {
  try {
    return parseInput(call);
  } catch (error) {
    await budget.spendMistake(call.principal.key);
    throw error;
  }
}

function loopKey({ principal, tool, argumentsDigest }: ParsedCall): string {
  return `${principal.key}:${tool.name}:${argumentsDigest}`;
}

function weightOf({ input }: ParsedCall): number {
  return input["cursor"] === undefined ? CALL_WEIGHT.call : CALL_WEIGHT.page;
}

async function runMetered(
  call: ParsedCall,
  { usage, budget }: Safety,
  { toolDeps, deps }: Surroundings,
): Promise<unknown> {
  const use = usage.start();
  let apiCostMicros = 0;
  try {
    return await run(call, {
      toolDeps,
      clock: deps.clock,
      deadlineMs: deps.deadlineMs ?? DEFAULT_DEADLINE_MS,
      onSpent: (costMicros) => (apiCostMicros += costMicros),
    });
  } finally {
    const apiCalls = use.stop();
    if (call.tool.reachesClouds)
      await budget.spendUpstream(call.principal.key, { apiCalls, apiCostMicros });
  }
}

function started({ clock }: DispatchDeps): Parameters<typeof recordDurably>[2] {
  return { event: "call_started", outcome: "ok", atMs: clock.now() };
}

async function recordEnd(
  call: KnownCall | ParsedCall,
  { audit }: Safety,
  { clock, logger }: DispatchDeps,
  ended: { readonly outcome: string; readonly details: Readonly<Record<string, unknown>> },
): Promise<void> {
  const atMs = clock.now();
  const details = { ...ended.details, duration_ms: atMs - call.startedAtMs };
  if (!changesSomething(call)) {
    recordSoon({ audit, logger }, call, { event: "call", atMs, ...ended, details });
    return;
  }
  // What was done is done: a failure to record its end must not hide its answer, and is on the log.
  await recordDurably(audit, call, { event: "call_ended", atMs, ...ended, details }).catch(
    (error: unknown) =>
      logger.error("audit record lost", { correlationId: call.correlationId, error }),
  );
}

function textOf({ content }: CallToolResult): string {
  const [first] = content;
  return first?.type === "text" ? first.text : "";
}

/** A caller that will soon be stopped is told while it can still choose what to ask. */
function withBudget(result: CallToolResult, left: BudgetLeft): CallToolResult {
  if (!left.low) return result;
  const minutes = Math.ceil(left.resetsAfterMs / 60_000);
  const text = `Budget: ${left.calls} of ${left.limit} calls left for ${minutes} min.`;
  return { ...result, content: [...result.content, { type: "text", text }] };
}

async function refuseUnknownTool(
  { name, principal }: ToolCall,
  known: readonly string[],
  { safety, ids, logger, clock }: DispatchDeps,
): Promise<CallToolResult> {
  const correlationId = ids.next("call");
  logger.warn("unknown tool", { correlationId });
  try {
    const { budget, audit } = await safety();
    audit
      .append({
        atMs: clock.now(),
        event: "unknown_tool",
        correlationId,
        actor: {
          kind: principal.kind,
          tenant: principal.tenant,
          subject: principal.subject,
          client: principal.client,
        },
        channel: principal.channel,
        action: name.slice(0, 64),
        argumentsDigest: null,
        outcome: "not_found",
        details: {},
      })
      .catch((error: unknown) => logger.warn("audit record lost", { correlationId, error }));
    await budget.spendMistake(principal.key);
  } catch (error) {
    return toToolError(asAppError(error), correlationId);
  }
  throw new UnknownToolError(nearestName(name, known));
}

function logFailure(
  logger: Logger,
  error: AppError,
  fields: { readonly tool: string; readonly correlationId: string },
): void {
  if (error.code === "internal") logger.error("tool failed", { ...fields, error });
  else logger.debug("tool refused", { ...fields, code: error.code, details: error.details, error });
}
