import { z } from "zod";
import { compose } from "../../compose.ts";
import { loadSettings } from "../../config/load.ts";
import { parseOptions } from "../options.ts";

const Options = z.object({
  http: z.boolean().default(false),
  host: z.string().optional(),
  port: z.int("A port is a whole number.").min(0).max(65_535).optional(),
});

/** `tag-compliance serve`: runs until its client leaves (stdio) or it is told to stop (HTTP). */
export async function runServeCommand(raw: unknown, configFile: unknown): Promise<void> {
  const options = parseOptions(Options, raw);
  const settings = loadSettings(typeof configFile === "string" ? configFile : undefined);
  const app = compose(settings);
  try {
    if (!options.http) {
      const { serveStdioUntilClosed } = await import("../../mcp/stdio.ts");
      await serveStdioUntilClosed(app);
      return;
    }
    const { startHttp } = await import("../../http/server.ts");
    const server = await startHttp(app, {
      host: options.host ?? settings.config.http.host,
      port: options.port ?? settings.config.http.port,
    });
    process.stderr.write(
      `tag-compliance: MCP at ${server.url}/mcp, health at ${server.url}/health\n`,
    );
    await stopSignal();
    await server.close();
  } finally {
    await app.close();
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
