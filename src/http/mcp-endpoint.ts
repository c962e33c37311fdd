import { createMcpHandler, isLegacyRequest } from "@modelcontextprotocol/server";
import type { McpServerFactory } from "../mcp/server.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { MAX_BODY_BYTES } from "./limits.ts";
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

const METHODS = ["GET", "POST", "DELETE"];

/**
 * Both protocol eras on one URL: 2026-07-28 is stateless, one server a request; older revisions open
 * a session. The stateless fallback of the SDK would do for neither elicitation nor subscriptions.
 */
export function createMcpEndpoint(deps: McpEndpointDeps): McpEndpoint {
  const { createServer, clock, logger } = deps;
  const modern = createMcpHandler(createServer, {
    legacy: "reject",
    maxRequestBodySize: MAX_BODY_BYTES,
    onerror: (error) => logger.debug("request refused", { error }),
  });
  const sessions = createSessions({ createServer, clock, logger, ...deps.sessions });
  return {
    sessions,
    async fetch(request) {
      if (!METHODS.includes(request.method)) return methodNotAllowed();
      const legacy = await isLegacyRequest(request, undefined, {
        maxRequestBodySize: MAX_BODY_BYTES,
      });
      return legacy ? sessions.handle(request) : modern.fetch(request);
    },
    async close() {
      await sessions.close();
      await modern.close();
    },
  };
}

function methodNotAllowed(): Response {
  const response = rpcErrorResponse(405, -32000, "Method not allowed.");
  response.headers.set("allow", METHODS.join(", "));
  return response;
}
