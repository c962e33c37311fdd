import { createServer, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { AppError } from "../domain/errors.ts";
import type { McpServerFactory } from "../mcp/server.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { createHttpApp, type Health, type MetricsPage } from "./app.ts";
import { allowedHostNames, assertLoopback } from "./bind-address.ts";
import { createMcpEndpoint } from "./mcp-endpoint.ts";
import type { SessionLimits } from "./sessions.ts";

export interface HttpDeps {
  readonly createServer: McpServerFactory;
  readonly health: () => Promise<Health>;
  readonly metricsPage?: () => Promise<MetricsPage | null>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessions?: SessionLimits;
}

export interface HttpOptions {
  /** A loopback address. Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port: number;
}

export interface RunningHttp {
  /** `http://host:port`, with the port that was really taken. */
  readonly url: string;
  /** Stops accepting, lets calls finish for a moment, ends sessions and streams, frees the port. */
  close(): Promise<void>;
}

/** How long requests in flight may still be answered when the server closes. */
const CLOSE_GRACE_MS = 3000;
/**
 * How long a connection may be idle; a client that sends just when it is closed gets no answer. Longer than
 * proxies keep theirs (60 s: nginx for upstreams, AWS load balancers), where Node's own is 5 s.
 */
const IDLE_MS = 75_000;
const LISTEN = "subscriptions/listen";

/**
 * Serves MCP and health over HTTP on this machine.
 * @throws {AppError} `config_invalid` when the address is not loopback, or cannot be bound
 */
export async function startHttp(deps: HttpDeps, options: HttpOptions): Promise<RunningHttp> {
  const host = options.host ?? "127.0.0.1";
  assertLoopback(host);
  const mcp = createMcpEndpoint(deps);
  const app = createHttpApp({
    mcp,
    health: deps.health,
    ...(deps.metricsPage === undefined ? {} : { metricsPage: deps.metricsPage }),
    logger: deps.logger,
    allowedHosts: allowedHostNames(host),
  });
  const listener = getRequestListener(app.fetch);
  // The listener answers 500 itself when it fails; its promise never rejects.
  const server = createServer(
    { keepAliveTimeout: IDLE_MS },
    (request, response) => void listener(request, response),
  );
  const calls = trackCalls(server);
  try {
    const port = await listen(server, host.replace(/^\[(.*)\]$/, "$1"), options.port);
    const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    return {
      url: `http://${name}:${port}`,
      close: async () => {
        server.close();
        await calls.drain();
        await mcp.close();
        // Node's own `close` would wait for connections on which nothing was asked yet.
        server.closeAllConnections();
      },
    };
  } catch (error) {
    await mcp.close();
    throw error;
  }
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen(port, host, () => {
    const address = server.address();
    resolve(typeof address === "object" && address !== null ? address.port : port);
  });
  try {
    return await promise;
  } catch (error) {
    throw new AppError("config_invalid", `Port ${port} cannot be bound.`, {
      hint: "Choose another port, or stop what uses this one.",
      cause: error,
    });
  }
}

/**
 * Waits until no call is in flight, at most `CLOSE_GRACE_MS`. A GET is a stream that its client holds
 * open for ever, and so is what 2026-07-28 has instead: not a call.
 */
function trackCalls(server: Server): { drain(): Promise<void> } {
  const inFlight = new Set<ServerResponse>();
  let whenDrained: (() => void) | undefined;
  server.on("request", (request, response: ServerResponse) => {
    if (request.method === "GET" || request.headers["mcp-method"] === LISTEN) return;
    inFlight.add(response);
    response.once("close", () => {
      inFlight.delete(response);
      if (inFlight.size === 0) whenDrained?.();
    });
  });
  return {
    async drain() {
      if (inFlight.size === 0) return;
      const drained = Promise.withResolvers<void>();
      whenDrained = drained.resolve;
      const patience = setTimeout(drained.resolve, CLOSE_GRACE_MS);
      await drained.promise;
      clearTimeout(patience);
    },
  };
}
