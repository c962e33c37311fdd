import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server";
import type { AuditEventKind, AuditLog } from "../../ports/audit.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { recordSoon } from "./audit-call.ts";
import type { KnownCall, ParsedCall } from "./call.ts";
import { type Answer, dryRun, type IntentDeps } from "./intent.ts";

export interface Recording {
  readonly audit: Pick<AuditLog, "append">;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface NotRun<Outcome> {
  readonly result: CallToolResult | InputRequiredResult;
  readonly outcome: Outcome;
}

/** A dry run, with its record: told apart from calls, and counted against no budget. */
export async function estimated(
  call: ParsedCall,
  deps: IntentDeps,
  logger: Logger,
): Promise<NotRun<"dry_run">> {
  const result = await dryRun(call, deps);
  const recording = { audit: deps.safety.audit, clock: deps.clock, logger };
  record(recording, call, ["dry_run", "ok"], { estimate: partOf(result, "estimate") });
  return { result, outcome: "dry_run" };
}

/** That a caller was asked, what about, and what was believed then. */
export function recordAsked(
  call: ParsedCall,
  result: CallToolResult | InputRequiredResult,
  recording: Recording,
): NotRun<"asked"> {
  const intent = partOf(result, "intent");
  const how = intent === undefined ? "elicitation" : "answer";
  record(recording, call, ["asked", "asked"], { how, intent });
  return { result, outcome: "asked" };
}

/** Under the id of the call that was asked about; `call` tells the one that brought the answer. */
export function recordAnswer(
  { correlationId }: KnownCall,
  answer: Answer,
  recording: Recording,
): void {
  const choice = answer.kind === "confirmed" ? { choice: answer.choice } : {};
  const details = { ...choice, call: correlationId };
  record(recording, answer.call, [answer.kind, "ok"], details);
}

/* oxlint-disable-next-line max-params -- reads as a sentence */
function record(
  { audit, clock, logger }: Recording,
  call: ParsedCall,
  [event, outcome]: readonly [AuditEventKind, string],
  details: Readonly<Record<string, unknown>>,
): void {
  recordSoon({ audit, logger }, call, { event, outcome, atMs: clock.now(), details });
}

/** A part of a structured answer of ours. */
function partOf({ structuredContent }: NotRun<never>["result"], name: string): unknown {
  return typeof structuredContent === "object" && structuredContent !== null
    ? new Map(Object.entries(structuredContent)).get(name)
    : undefined;
}
