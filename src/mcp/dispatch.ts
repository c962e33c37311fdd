import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server";
import type { AppError, ErrorCode } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Logger } from "../ports/logger.ts";
import type { PrincipalKind } from "../safety/principal.ts";
import type { Safety } from "../safety/safety.ts";
import type { AnyTool } from "./define.ts";
import type { TraceCall, TracedMethod } from "../ports/trace.ts";
import { asAppError, isRetryable, toToolError } from "./errors.ts";
import { type Admitted, admit, counted, loopKey, withBudget } from "./pipeline/admit.ts";
import { changesSomething, recordBegin, recordEnd } from "./pipeline/audit-call.ts";
import { authorize } from "./pipeline/authorize.ts";
import type { KnownCall, ParsedCall, ToolCall } from "./pipeline/call.ts";
import { checkOutput } from "./pipeline/check-output.ts";
import {
  declined,
  type IntentDeps,
  isDryRun,
  type Settled,
  settleIntent,
  takeAnswer,
} from "./pipeline/intent.ts";
import { parseInput } from "./pipeline/parse-input.ts";
import { estimated, recordAnswer, recordAsked } from "./pipeline/record-intent.ts";
import { createPatience, type Patience, type Waited } from "./pipeline/patience.ts";
import { run } from "./pipeline/run.ts";
import { refuseUnknownTool } from "./pipeline/unknown-tool.ts";

/** Longest a call may run before it is answered with an error: 10 minutes. */
export const DEFAULT_DEADLINE_MS = 600_000;

/**
 * `asked`: nothing ran yet, because the caller was asked first. `dry_run`: only estimated. `running`: it
 * goes on, and the same call again waits for it.
 */
export type CallOutcome = "ok" | "asked" | "dry_run" | "running" | ErrorCode;

/** What an observer is told of each call, whatever became of it. */
export interface CallObservation {
  readonly tool: string;
  readonly outcome: CallOutcome;
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
  /** Wraps every call in a span; absent where nobody traces. */
  readonly trace?: TraceCall;
  /** Lets what a call does see what changes seldom as it was when it first asked. Default: as it is. */
  readonly inOneMoment?: <T>(work: () => Promise<T>) => Promise<T>;
  /** What the registry's entries are called by. Default `tools/call`. */
  readonly method?: TracedMethod;
  /** Of calls that outlast their caller's patience; its own when absent. */
  readonly patience?: Patience;
  /** Milliseconds; `DEFAULT_DEADLINE_MS` when absent. */
  readonly deadlineMs?: number;
}

/** `InputRequiredResult`: the client is to put a question to its user; only where it said it can. */
export type Dispatch = (call: ToolCall) => Promise<CallToolResult | InputRequiredResult>;

/**
 * The one way to a tool, whatever the transport. A failure of any stage becomes an answer that says what
 * to do next. The returned function throws only `UnknownToolError`.
 */
export function createDispatch(
  registry: readonly AnyTool[],
  toolDeps: object,
  deps: DispatchDeps,
): Dispatch {
  const { method = "tools/call", patience = createPatience(deps.clock) } = deps;
  const { inOneMoment = (work) => work() } = deps;
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
    const answered = (): Promise<Answered> =>
      inOneMoment(() => answer(call, { toolDeps, deps, patience }));
    const { result, outcome, correlationId } = await (deps.trace === undefined
      ? answered()
      : deps.trace({ method, name: tool.name, traceparent: received.traceparent }, answered));
    const durationMs = deps.clock.now() - call.startedAtMs;
    deps.logger.info("tool call", { tool: tool.name, correlationId, durationMs, outcome });
    deps.observe?.({ tool: tool.name, outcome, durationMs, principalKind: principal.kind });
    return result;
  };
}

interface Answered {
  readonly result: CallToolResult | InputRequiredResult;
  readonly outcome: CallOutcome;
  /** A call that answers a question goes on under the id of the call that was asked about. */
  readonly correlationId: string;
}

async function answer(call: KnownCall, surroundings: Surroundings): Promise<Answered> {
  const { deps } = surroundings;
  let safety: Safety;
  try {
    safety = await deps.safety();
  } catch (error) {
    return failed(call, asAppError(error), deps.logger);
  }
  return guarded(call, safety, surroundings);
}

function failed({ tool, correlationId }: KnownCall, error: AppError, logger: Logger): Answered {
  logFailure(logger, error, { tool: tool.name, correlationId });
  return { result: toToolError(error, correlationId), outcome: error.code, correlationId };
}

interface Surroundings {
  readonly toolDeps: object;
  readonly deps: DispatchDeps;
  readonly patience: Patience;
}

/**
 * The stages in their order. Each throws an `AppError` that ends the call, or lets it go on. Who calls was
 * established by the transport; the deadline begins with `runMetered`.
 */
async function guarded(
  call: KnownCall,
  safety: Safety,
  surroundings: Surroundings,
): Promise<Answered> {
  const { deps, toolDeps } = surroundings;
  const { clock, logger } = deps;
  const intentDeps = { safety, toolDeps, clock };
  const recording = { audit: safety.audit, clock, logger };
  let current: KnownCall | ParsedCall = call;
  let admitted: Admitted | undefined;
  let began = false;
  const onBegin = (): void => {
    began = true;
  };
  try {
    authorize(call);
    const parsed = await counted(call, safety, () => parseInput(call));
    current = parsed;
    const { correlationId } = call;
    if (isDryRun(parsed))
      return { ...(await estimated(parsed, intentDeps, deps.logger)), correlationId };
    // What runs already was asked about, if it had to be.
    const follows = surroundings.patience.follows(loopKey(parsed));
    const reply = await counted(call, safety, () => takeReply(parsed, follows, safety));
    if (reply !== undefined) {
      current = reply.call;
      recordAnswer(call, reply, recording);
      if (reply.kind === "declined") throw declined();
    }
    // The call that was asked about has paid already, and its repetition is no loop.
    admitted = reply === undefined ? await admit(parsed, safety) : undefined;
    const settled = await settle(parsed, { reply, follows }, intentDeps);
    if (settled.kind === "asked")
      return { ...recordAsked(parsed, settled.result, recording), correlationId };
    current = settled.call;
    return await ran(settled.call, admitted, { safety, surroundings, onBegin });
  } catch (error) {
    const shown = asAppError(error);
    if (isRetryable(shown.code)) await admitted?.entered?.retryable();
    await recordEnd(current, safety.audit, deps, { began, outcome: shown.code, details: {} });
    return failed(current, shown, deps.logger);
  }
}

interface Running {
  readonly safety: Safety;
  readonly surroundings: Surroundings;
  /** Called when a call that changes something is about to. */
  readonly onBegin: () => void;
}

/** Runs a call that may run, between its audit records. */
async function ran(
  call: ParsedCall,
  admitted: Admitted | undefined,
  { safety, surroundings, onBegin }: Running,
): Promise<Answered> {
  const { deps } = surroundings;
  const began = changesSomething(call);
  if (began) {
    await recordBegin(call, safety.audit, deps);
    onBegin();
  }
  const waited = await waitFor(call, surroundings, (one) => runMetered(one, safety, surroundings));
  if (waited.kind === "running") {
    // To ask again is what the answer says to do: that is no loop.
    await admitted?.entered?.retryable();
    await recordEnd(call, safety.audit, deps, { began, outcome: "running", details: {} });
    const { correlationId } = call;
    return {
      result: surroundings.patience.answer(waited.detached),
      outcome: "running",
      correlationId,
    };
  }
  const { result, digest } = checkOutput(call, waited.produced);
  await admitted?.entered?.answered({ digest, summary: textOf(result) });
  await recordEnd(call, safety.audit, deps, { began, outcome: "ok", details: { answer: digest } });
  return {
    result: admitted === undefined ? result : withBudget(result, admitted.left),
    outcome: "ok",
    correlationId: call.correlationId,
  };
}

type Reply = Awaited<ReturnType<typeof takeAnswer>>;

async function takeReply(call: ParsedCall, follows: boolean, safety: Safety): Promise<Reply> {
  return follows ? undefined : takeAnswer(call, safety);
}

async function settle(
  call: ParsedCall,
  { reply, follows }: { readonly reply: Reply; readonly follows: boolean },
  deps: IntentDeps,
): Promise<Settled> {
  if (reply !== undefined) return { kind: "run", call: reply.call };
  return follows ? { kind: "run", call } : settleIntent(call, deps);
}

/** Calls that may scan can outlast their caller's patience; of all others the deadline is enough. */
async function waitFor(
  call: ParsedCall,
  { patience }: Surroundings,
  work: (call: ParsedCall) => Promise<unknown>,
): Promise<Waited> {
  return "max_age_minutes" in call.input && !changesSomething(call)
    ? patience.wait(loopKey(call), call, work)
    : { kind: "ended", produced: await work(call) };
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

function textOf({ content }: CallToolResult): string {
  const [first] = content;
  return first?.type === "text" ? first.text : "";
}

function logFailure(
  logger: Logger,
  error: AppError,
  fields: { readonly tool: string; readonly correlationId: string },
): void {
  if (error.code === "internal") logger.error("tool failed", { ...fields, error });
  else logger.debug("tool refused", { ...fields, code: error.code, details: error.details, error });
}
