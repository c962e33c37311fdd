import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { AppError } from "../domain/errors.ts";
import type { McpServerFactory } from "../mcp/server.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { createHttpApp, type Health } from "./app.ts";
import { allowedHostNames, assertLoopback } from "./bind-address.ts";
import { createMcpEndpoint } from "./mcp-endpoint.ts";
import type { SessionLimits } from "./sessions.ts";

export interface HttpDeps {
  readonly createServer: McpServerFactory;
  readonly health: () => Promise<Health>;
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
  /** Stops accepting, ends sessions and streams, and frees the port. */
  close(): Promise<void>;
}

/** How long requests in flight may still be answered when the server closes. */
const CLOSE_GRACE_MS = 3000;

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
    logger: deps.logger,
    allowedHosts: allowedHostNames(host),
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  try {
    const port = await listen(server, host.replace(/^\[(.*)\]$/, "$1"), options.port);
    const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    return {
      url: `http://${name}:${port}`,
      close: async () => {
        await Promise.all([stop(server), mcp.close()]);
      },
    };
  } catch (error) {
    await mcp.close();
    throw error;
  }
}

async function listen(server: ServerType, host: string, port: number): Promise<number> {
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

async function stop(server: ServerType): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  const force = setTimeout(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
  }, CLOSE_GRACE_MS);
  await promise;
  clearTimeout(force);
}
