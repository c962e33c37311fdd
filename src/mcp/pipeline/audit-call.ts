import type { AuditActor, AuditEvent, AuditEventKind, AuditLog } from "../../ports/audit.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Principal } from "../../safety/principal.ts";
import { redact } from "../../safety/redact.ts";
import type { KnownCall, ParsedCall } from "./call.ts";

/** What an audit record says beside who, what and where. */
export interface Happened {
  readonly event: AuditEventKind;
  /** `ok` or an error code. */
  readonly outcome: string;
  readonly atMs: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

type Appends = Pick<AuditLog, "append">;

/** Must what this call did be on disk before it is answered, and that it begins before it acts? */
export function changesSomething({ tool }: KnownCall): boolean {
  return tool.effect !== "read" || tool.changesServer === true;
}

interface Recording {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * That a call which changes something is about to: durable once resolved.
 * @throws {AppError} `storage_unavailable`: the call must not act
 */
export async function recordBegin(
  call: ParsedCall,
  audit: Appends,
  { clock }: Recording,
): Promise<void> {
  const begun = { event: "call_started", outcome: "ok", atMs: clock.now() } as const;
  await audit.append(toEvent(call, begun));
}

export interface Ended {
  /** It was about to change something, and its beginning is recorded. */
  readonly began: boolean;
  readonly outcome: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** How a call ended; on disk before the answer where it began to change something. */
export async function recordEnd(
  call: KnownCall | ParsedCall,
  audit: Appends,
  { clock, logger }: Recording,
  { began, outcome, details: more }: Ended,
): Promise<void> {
  const atMs = clock.now();
  const details = { ...more, duration_ms: atMs - call.startedAtMs };
  if (!began) {
    recordSoon({ audit, logger }, call, { event: "call", atMs, outcome, details });
    return;
  }
  const event = toEvent(call, { event: "call_ended", atMs, outcome, details });
  // What was done is done: a failure to record its end must not hide its answer, and is on the log.
  await audit
    .append(event)
    .catch((error: unknown) =>
      logger.error("audit record lost", { correlationId: call.correlationId, error }),
    );
}

/** Written soon, together with others. A log that cannot be written never keeps a reader from its answer. */
export function recordSoon(
  { audit, logger }: { readonly audit: Appends; readonly logger: Logger },
  call: KnownCall | ParsedCall,
  happened: Happened,
): void {
  audit.append(toEvent(call, happened)).catch((error: unknown) => {
    logger.warn("audit record lost", { correlationId: call.correlationId, error });
  });
}

function toEvent(
  call: KnownCall | ParsedCall,
  { event, outcome, atMs, details }: Happened,
): AuditEvent {
  const { principal, tool, correlationId } = call;
  const parsed = "input" in call ? call : undefined;
  return {
    atMs,
    event,
    correlationId,
    actor: actorOf(principal),
    channel: principal.channel,
    action: tool.name,
    argumentsDigest: parsed?.argumentsDigest ?? null,
    outcome,
    details: {
      ...(parsed === undefined ? {} : { arguments: redact(parsed.input) }),
      ...details,
    },
  };
}

export function actorOf({ kind, tenant, subject, client }: Principal): AuditActor {
  return { kind, tenant, subject, client };
}
