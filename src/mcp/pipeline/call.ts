import type { Principal } from "../../safety/principal.ts";
import type { AnyTool, CallNotice, ProgressUpdate } from "../define.ts";

/** Everything in it was sent by the client: nothing of it is to be believed. */
export interface Reply {
  /** The token that came with the question. */
  readonly token: string;
  readonly action: "accept" | "decline" | "cancel";
  readonly choice: string | undefined;
}

/** One `tools/call`, free of any transport. */
export interface ToolCall {
  readonly name: string;
  /** As received: anything. */
  readonly arguments: unknown;
  /** Who calls, as the transport established it. */
  readonly principal: Principal;
  /** Aborts when the caller cancels or goes away. */
  readonly signal: AbortSignal;
  /** The client can put a question to its user. */
  readonly canElicit?: boolean;
  /** The user's answer to a question that an earlier round of this call put. */
  readonly reply?: Reply;
  /** The caller's place in a distributed trace, as it sent it. */
  readonly traceparent?: string | undefined;
  /** How long this caller waits before it is told that its call goes on; absent: as configured. */
  readonly patienceMs?: number;
  /** Absent when the caller did not ask for progress. */
  readonly sendProgress?: (update: ProgressUpdate) => void;
  /** Drops what the caller did not ask to be told. */
  readonly sendNotice?: (notice: CallNotice) => void;
}

/** A call of a tool that exists, on its way through the stages. */
export interface KnownCall {
  readonly tool: AnyTool;
  readonly received: ToolCall;
  readonly principal: Principal;
  readonly correlationId: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/** A call whose arguments are known to be what the tool takes. */
export interface ParsedCall extends KnownCall {
  readonly input: Readonly<Record<string, unknown>>;
  /** Digest of the canonical arguments, defaults filled in, without `confirm` and `dry_run`. */
  readonly argumentsDigest: string;
}
