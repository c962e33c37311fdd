import { setImmediate as nextTurn } from "node:timers/promises";
import {
  createMcpHandler,
  isLegacyRequest,
  PROTOCOL_VERSION_META_KEY,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import { createBoundedTurns } from "../domain/scan/bounded-turns.ts";
import type { McpServerFactory } from "../mcp/server.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { createChangeBus } from "./change-bus.ts";
import { type ReadBody, readBody } from "./request-body.ts";
import { rpcErrorResponse } from "./rpc-error.ts";
import { createSessions, type SessionLimits, type Sessions } from "./sessions.ts";

export interface McpEndpointDeps {
  readonly createServer: McpServerFactory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessions?: SessionLimits;
}

export interface McpEndpoint {
  fetch(request: Request): Promise<Response>;
  readonly sessions: Sessions;
  close(): Promise<void>;
}

/**
 * Requests that begin in one turn of the event loop. More wait for the next, in the order they came: else
 * those on busy connections would keep answers under way and new connections waiting for seconds.
 */
const REQUESTS_PER_TURN = 12;
const METHODS = ["GET", "POST", "DELETE"];
const NO_BODY: ReadBody = { message: undefined };

/**
 * Both protocol eras on one URL: 2026-07-28 is stateless, one server a request; older revisions open
 * a session. The stateless fallback of the SDK would do for neither elicitation nor subscriptions.
 */
export function createMcpEndpoint(deps: McpEndpointDeps): McpEndpoint {
  const { createServer, clock, logger } = deps;
  const modern = createMcpHandler(createServer, {
    legacy: "reject",
    bus: createChangeBus(createServer.updates),
    onerror: (error) => logger.debug("request refused", { error }),
  });
  const takeTurn = createBoundedTurns(REQUESTS_PER_TURN, nextTurn);
  const sessions = createSessions({ createServer, clock, logger, ...deps.sessions });
  return {
    sessions,
    async fetch(request) {
      if (!METHODS.includes(request.method)) return methodNotAllowed();
      await takeTurn(1);
      const { message, refusal } = request.method === "POST" ? await readBody(request) : NO_BODY;
      if (refusal !== undefined) return refusal;
      if (!claimsEnvelope(message) && (await isLegacyRequest(request, message)))
        return sessions.handle(request, message);
      return shortRefusal(await modern.fetch(request, { parsedBody: message }));
    },
    async close() {
      createServer.close?.();
      await sessions.close();
      await modern.close();
    },
  };
}

/**
 * Does a message bring the envelope of 2026-07-28? Then the SDK's own test, which checks all of it, cannot
 * say that it is older; the handler checks it anyway. Only `initialize` may be older all the same.
 */
function claimsEnvelope(message: unknown): boolean {
  if (!hasFields(message) || message["method"] === "initialize") return false;
  const { method, params } = message;
  const meta = hasFields(params) ? params["_meta"] : undefined;
  return typeof method === "string" && hasFields(meta) && PROTOCOL_VERSION_META_KEY in meta;
}

function hasFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const Refusal = z.object({
  id: z.union([z.string(), z.number(), z.null()]).default(null),
  error: z.object({ code: z.number() }),
});
/** What the SDK writes of itself is shorter, and what a caller sent need not be sent back to it. */
const LONGEST_REFUSAL = 1000;

/** The SDK's refusals repeat names as they came, however long: longer ones are told in our words. */
async function shortRefusal(response: Response): Promise<Response> {
  if (response.status !== 400) return response;
  const text = await response.clone().text();
  if (text.length <= LONGEST_REFUSAL) return response;
  const { id, error } = Refusal.parse(JSON.parse(text));
  const message = "The request is not valid: its headers and its message must name the same thing.";
  return Response.json(
    { jsonrpc: "2.0", id, error: { code: error.code, message } },
    { status: 400 },
  );
}

function methodNotAllowed(): Response {
  const response = rpcErrorResponse(405, -32000, "Method not allowed.");
  response.headers.set("allow", METHODS.join(", "));
  return response;
}
