import { z } from "zod";
import { type Application, compose } from "../../compose.ts";
import { loadSettings, type Settings } from "../../config/load.ts";
import { createMcp } from "../../mcp/server.ts";
import { VERSION } from "../../version.ts";
import { parseOptions } from "../options.ts";

const Options = z.object({
  http: z.boolean().default(false),
  host: z.string().optional(),
  port: z.int("A port is a whole number.").min(0).max(65_535).optional(),
});
type Options = z.output<typeof Options>;

/** `tag-compliance serve`: runs until its client leaves (stdio) or it is told to stop. */
export async function runServeCommand(raw: unknown, configFile: unknown): Promise<void> {
  const options = parseOptions(Options, raw);
  const settings = loadSettings(typeof configFile === "string" ? configFile : undefined);
  const app = compose(settings);
  try {
    if (options.http) await serveHttp(app, settings, options);
    else await serveStdio(app);
  } finally {
    await app.close();
  }
}

async function serveStdio(app: Application): Promise<void> {
  const { serveOverStdio } = await import("../../mcp/stdio.ts");
  await serveOverStdio({
    createServer: createMcp({ ...app, version: VERSION }),
    logger: app.logger,
  });
}

async function serveHttp(app: Application, settings: Settings, options: Options): Promise<void> {
  const { startHttp } = await import("../../http/server.ts");
  const server = await startHttp(
    {
      createServer: createMcp({ ...app, version: VERSION }),
      health: app.health,
      clock: app.clock,
      logger: app.logger,
    },
    {
      host: options.host ?? settings.config.http.host,
      port: options.port ?? settings.config.http.port,
    },
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
