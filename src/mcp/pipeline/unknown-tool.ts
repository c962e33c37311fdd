import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Logger } from "../../ports/logger.ts";
import { redactText } from "../../safety/redact.ts";
import type { Safety } from "../../safety/safety.ts";
import { asAppError, toToolError } from "../errors.ts";
import { nearestName } from "../input-issues.ts";
import { cleanText } from "../untrusted-text.ts";
import { actorOf } from "./audit-call.ts";
import type { ToolCall } from "./call.ts";

const MAX_NAME = 64;

/** The caller named a tool that does not exist: in MCP a protocol error, not a failed call. */
export class UnknownToolError extends Error {
  override readonly name = "UnknownToolError";

  constructor(nearest: string | undefined) {
    super(`Unknown tool.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`);
  }
}

export interface UnknownToolDeps {
  readonly safety: () => Promise<Safety>;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Counts and records the call.
 * @returns an error answer when the caller has guessed too often, or cannot be counted
 * @throws {UnknownToolError}
 */
export async function refuseUnknownTool(
  { name, principal }: ToolCall,
  known: readonly string[],
  { safety, ids, logger, clock }: UnknownToolDeps,
): Promise<CallToolResult> {
  const correlationId = ids.next("call");
  logger.warn("unknown tool", { correlationId });
  try {
    const { budget, audit } = await safety();
    const recorded = audit.append({
      atMs: clock.now(),
      event: "unknown_tool",
      correlationId,
      actor: actorOf(principal),
      channel: principal.channel,
      action: cleanText(redactText(name), MAX_NAME).text,
      argumentsDigest: null,
      outcome: "not_found",
      details: {},
    });
    recorded.catch((error: unknown) => logger.warn("audit record lost", { correlationId, error }));
    await budget.spendMistake(principal.key);
  } catch (error) {
    return toToolError(asAppError(error), correlationId);
  }
  throw new UnknownToolError(nearestName(name, known));
}
