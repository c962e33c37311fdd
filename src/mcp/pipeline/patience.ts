import type { CallToolResult } from "@modelcontextprotocol/server";
import { AppError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { redact } from "../../safety/redact.ts";
import type { CallNotice, ProgressUpdate } from "../define.ts";
import type { ParsedCall } from "./call.ts";

/** Many clients give up after 60 s, whatever progress they are told of. */
export const DEFAULT_PATIENCE_MS = 45_000;
/** An answer that nobody came back for is dropped then. */
const KEPT_MS = 600_000;
/** Calls going on or waiting to be collected; the oldest gives way. */
const MOST_CALLS = 200;

/** A call that went on after its client was told that it runs. */
export interface Detached {
  readonly call: ParsedCall;
  readonly result: Promise<unknown>;
  readonly controller: AbortController;
  /** The newest word of how far it is. */
  update: ProgressUpdate | undefined;
  /** Epoch milliseconds; null while it runs. */
  endedAtMs: number | null;
}

export type Waited =
  | { readonly kind: "ended"; readonly produced: unknown }
  | { readonly kind: "running"; readonly detached: Detached };

export interface Patience {
  /** The same call of the same caller runs already, or has ended and was not collected. */
  follows(key: string): boolean;
  /**
   * Waits for `work`, or for what already runs under `key`, as long as the caller's patience lasts; what is
   * not done by then goes on without it. Until then the caller's cancellation ends it.
   */
  wait(
    key: string,
    call: ParsedCall,
    work: (call: ParsedCall) => Promise<unknown>,
  ): Promise<Waited>;
  /** What a caller is told whose patience ended first. */
  answer(detached: Detached): CallToolResult;
  /** The call that such an answer tells of. */
  behind(result: CallToolResult): Detached | undefined;
  /** Ends what still goes on. */
  close(): void;
}

interface Running extends Detached {
  readonly listeners: Set<(update: ProgressUpdate) => void>;
  readonly noticed: Set<(notice: CallNotice) => void>;
}

/** In this process alone: another replica follows the scan behind the call by its record instead. */
export function createPatience(clock: Clock, patienceMs = DEFAULT_PATIENCE_MS): Patience {
  const detached = new Map<string, Running>();
  const behind = new WeakMap<CallToolResult, Detached>();

  const detach = (key: string, running: Running): void => {
    forgetOld(detached, clock.now());
    detached.set(key, running);
  };

  return {
    follows: (key) => {
      forgetOld(detached, clock.now());
      return detached.has(key);
    },
    async wait(key, call, work) {
      const known = detached.get(key);
      const running = known ?? begin(call, work, clock);
      const { signal } = call.received;
      listen(running, call);
      const end = Promise.withResolvers<Waited>();
      const leave = (): void => {
        if (known === undefined) running.controller.abort(signal.reason);
        else end.reject(new AppError("cancelled", "The call was cancelled by its caller."));
      };
      const lost = setTimeout(
        () => end.resolve({ kind: "running", detached: running }),
        call.received.patienceMs ?? patienceMs,
      );
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      try {
        const done = running.result.then((produced) => ({ kind: "ended" as const, produced }));
        const waited = await Promise.race([done, end.promise]);
        if (waited.kind === "running") detach(key, running);
        else detached.delete(key);
        return waited;
      } catch (error) {
        // Its failure was told: the next call of this kind is a new one.
        if (running.endedAtMs !== null) detached.delete(key);
        throw error;
      } finally {
        clearTimeout(lost);
        signal.removeEventListener("abort", leave);
        stopListening(running, call);
      }
    },
    answer(running) {
      const result = runningAnswer(running);
      behind.set(result, running);
      return result;
    },
    behind: (result) => behind.get(result),
    close: () => {
      for (const { controller } of detached.values()) controller.abort();
    },
  };
}

type Listeners = Pick<Running, "listeners" | "noticed">;

function listen({ listeners, noticed }: Listeners, { received }: ParsedCall): void {
  if (received.sendProgress !== undefined) listeners.add(received.sendProgress);
  if (received.sendNotice !== undefined) noticed.add(received.sendNotice);
}

function stopListening({ listeners, noticed }: Listeners, { received }: ParsedCall): void {
  if (received.sendProgress !== undefined) listeners.delete(received.sendProgress);
  if (received.sendNotice !== undefined) noticed.delete(received.sendNotice);
}

function begin(
  call: ParsedCall,
  work: (call: ParsedCall) => Promise<unknown>,
  clock: Clock,
): Running {
  const controller = new AbortController();
  const state: Pick<Running, "listeners" | "noticed" | "update" | "endedAtMs"> = {
    listeners: new Set(),
    noticed: new Set(),
    update: undefined,
    endedAtMs: null,
  };
  // Before the work begins: it may tell something at once.
  listen(state, call);
  const sendProgress = (update: ProgressUpdate): void => {
    state.update = update;
    for (const listener of state.listeners) listener(update);
  };
  const sendNotice = (notice: CallNotice): void => {
    for (const send of state.noticed) send(notice);
  };
  const received = { ...call.received, signal: controller.signal, sendProgress, sendNotice };
  const result = work({ ...call, received }).finally(() => {
    state.endedAtMs = clock.now();
  });
  // Whoever waits hears of a failure; a call that nobody waits for any more must not end the process.
  result.catch(() => undefined);
  return Object.assign(state, { call, result, controller });
}

function forgetOld(detached: Map<string, Running>, nowMs: number): void {
  for (const [key, { endedAtMs }] of detached)
    if (endedAtMs !== null && nowMs - endedAtMs > KEPT_MS) detached.delete(key);
  const [oldest] = detached;
  if (detached.size >= MOST_CALLS && oldest !== undefined) {
    oldest[1].controller.abort();
    detached.delete(oldest[0]);
  }
}

function runningAnswer({ call, update }: Detached): CallToolResult {
  const { confirm: _confirm, ...parameters } = redact(call.input);
  const scanId = update?.scanId ?? null;
  const far = update === undefined ? "It has not told yet how far it is." : `${update.message}.`;
  return {
    content: [
      {
        type: "text",
        text: [
          `Still running: ${call.tool.name} goes on after this answer. ${far}`,
          ...(scanId === null ? [] : [`Its scan is ${scanId}.`]),
          `Next: in about 30 s call ${call.tool.name} again with the same arguments; it waits for this very run. Do not change them: that would begin another.`,
        ].join("\n"),
      },
    ],
    structuredContent: {
      status: "running",
      scan_id: scanId,
      progress: update === undefined ? null : { done: update.done, total: update.total ?? null },
      call_again: { tool: call.tool.name, arguments: parameters, after_ms: 30_000 },
    },
  };
}
