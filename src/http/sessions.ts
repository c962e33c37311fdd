import { randomUUID } from "node:crypto";
import {
  isInitializeRequest,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { McpServerFactory } from "../mcp/server.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { rpcErrorResponse } from "./rpc-error.ts";

export interface SessionLimits {
  /** A session without a request or an open stream for this long is closed. Default 30 minutes. */
  readonly idleMs?: number;
  /** Sessions alive at the same time. Default 500. */
  readonly maxSessions?: number;
}

const DEFAULT_IDLE_MS = 30 * 60_000;
const DEFAULT_MAX_SESSIONS = 500;
const SWEEP_INTERVAL_MS = 60_000;

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  lastUsedAt: number;
  /** Streams that a client holds open to be told of changes; they keep a session alive. */
  openStreams: number;
}

export interface SessionsDeps extends SessionLimits {
  readonly createServer: McpServerFactory;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sessions of clients that speak 2025-11-25 or older; 2026-07-28 has none. */
export interface Sessions {
  /** @param message what was posted, parsed: its request has been read already */
  handle(request: Request, message?: unknown): Promise<Response>;
  count(): number;
  /** Closes what has been idle too long; runs by itself every minute. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Each session is one server on one transport, known by the id that its `initialize` was given. */
export function createSessions(deps: SessionsDeps): Sessions {
  const sessions = new Map<string, Session>();
  const opened: OpenSessions = { ...deps, sessions };
  const idleMs = deps.idleMs ?? DEFAULT_IDLE_MS;
  const sweep = async (): Promise<void> => {
    const oldest = deps.clock.now() - idleMs;
    const idle = [...sessions.values()].filter((s) => isIdle(s) && s.lastUsedAt <= oldest);
    await Promise.all(idle.map((session) => session.transport.close()));
  };
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => deps.logger.error("session sweep failed", { error }));
  }, SWEEP_INTERVAL_MS).unref();
  return {
    handle: (request, message) => handle(opened, request, message),
    count: () => sessions.size,
    sweep,
    async close() {
      clearInterval(timer);
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
    },
  };
}

interface OpenSessions extends SessionsDeps {
  readonly sessions: Map<string, Session>;
}

async function handle(
  deps: OpenSessions,
  request: Request,
  parsedBody: unknown,
): Promise<Response> {
  const id = request.headers.get("mcp-session-id");
  if (id === null) return open(deps, request, parsedBody);
  const session = deps.sessions.get(id);
  if (session === undefined) return rpcErrorResponse(404, -32001, "Session not found.");
  session.lastUsedAt = deps.clock.now();
  const response = await session.transport.handleRequest(request, { parsedBody });
  if (request.method === "GET" && response.ok) holdOpen(deps.clock, session, request.signal);
  return response;
}

async function open(deps: OpenSessions, request: Request, parsedBody: unknown): Promise<Response> {
  if (request.method !== "POST") {
    return rpcErrorResponse(400, -32000, "Mcp-Session-Id header required.");
  }
  if (!isInitializeRequest(parsedBody)) {
    return rpcErrorResponse(400, -32000, "Mcp-Session-Id header required: initialize first.");
  }
  if (!(await makeRoom(deps))) {
    return rpcErrorResponse(503, -32000, "Too many sessions are open; try again later.");
  }
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => {
      deps.sessions.set(id, { transport, lastUsedAt: deps.clock.now(), openStreams: 0 });
    },
  });
  const server = deps.createServer();
  await server.connect(transport);
  const forget = transport.onclose;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's transport is no EventTarget
  transport.onclose = () => {
    if (transport.sessionId !== undefined) deps.sessions.delete(transport.sessionId);
    forget?.();
  };
  return transport.handleRequest(request, { parsedBody });
}

/** At the limit the session idle for longest makes room; false when every one is in use. */
async function makeRoom(deps: OpenSessions): Promise<boolean> {
  const { sessions } = deps;
  if (sessions.size < (deps.maxSessions ?? DEFAULT_MAX_SESSIONS)) return true;
  const [longestIdle] = [...sessions.values()]
    .filter(isIdle)
    .toSorted((a, b) => a.lastUsedAt - b.lastUsedAt);
  if (longestIdle === undefined) return false;
  deps.logger.warn("session limit reached, closing the session idle for longest");
  await longestIdle.transport.close();
  return true;
}

function isIdle(session: Session): boolean {
  return session.openStreams === 0;
}

/** Counts a stream until its client goes away. */
function holdOpen(clock: Clock, session: Session, gone: AbortSignal): void {
  if (gone.aborted) return;
  session.openStreams += 1;
  gone.addEventListener(
    "abort",
    () => {
      session.openStreams -= 1;
      session.lastUsedAt = clock.now();
    },
    { once: true },
  );
}
