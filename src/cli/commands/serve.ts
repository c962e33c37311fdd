import { z } from "zod";
import { type Application, compose } from "../../compose.ts";
import type { Settings } from "../../config/load.ts";
import type { DispatchDeps } from "../../mcp/dispatch.ts";
import { createMcp } from "../../mcp/server.ts";
import { VERSION } from "../../version.ts";
import { settingsLoader } from "../application.ts";
import { describeFailure } from "../failure.ts";
import { parseOptions } from "../options.ts";

const Options = z.object({
  http: z.boolean().default(false),
  host: z.string().optional(),
  port: z.int("A port is a whole number.").min(0).max(65_535).optional(),
});
type Options = Partial<z.output<typeof Options>>;

const DEFAULT_PORT = 8080;

/**
 * `tag-compliance serve`: runs until its client leaves (stdio) or it is told to stop. A broken
 * configuration is told on stderr and in every answer, and mending it needs no restart: a client that
 * starts the server shows its user the answers, but not why a process ended.
 */
export async function runServeCommand(raw: unknown, configFile: unknown): Promise<void> {
  const options = parseOptions(Options, raw);
  const load = settingsLoader(configFile);
  const app = compose(load, { goesOn: true });
  const scheduler = app.startScheduler();
  try {
    const http = httpSettings(load);
    if (options.http) await serveHttp(app, { ...http, ...options });
    else await serveStdio(app);
  } finally {
    await scheduler.stop();
    await app.close();
  }
}

/** Each call is measured. */
function measured({ metrics }: Application): NonNullable<DispatchDeps["observe"]> {
  return ({ tool, outcome, durationMs }) =>
    metrics.record("toolCall", durationMs, { tool, outcome });
}

function httpSettings(load: () => Settings): { readonly host?: string; readonly port?: number } {
  try {
    return load().config.http;
  } catch (error) {
    process.stderr.write(describeFailure(error).text);
    return {};
  }
}

async function serveStdio(app: Application): Promise<void> {
  const { serveOverStdio } = await import("../../mcp/stdio.ts");
  await serveOverStdio({
    createServer: createMcp({ ...app, version: VERSION, observe: measured(app) }),
    logger: app.logger,
  });
}

async function serveHttp(app: Application, { host, port }: Options): Promise<void> {
  const { startHttp } = await import("../../http/server.ts");
  const server = await startHttp(
    {
      createServer: createMcp({ ...app, version: VERSION, observe: measured(app) }),
      health: app.health,
      metricsPage: app.metricsPage,
      clock: app.clock,
      logger: app.logger,
    },
    { ...(host === undefined ? {} : { host }), port: port ?? DEFAULT_PORT },
  );
  process.stderr.write(
    `tag-compliance: MCP at ${server.url}/mcp, health at ${server.url}/health\n`,
  );
  await stopSignal();
  await server.close();
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
