/** The registry behind its guards, with use cases that answer at once. Tells its state on SIGUSR2. */
import { startHttp } from "../../src/http/server.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { serveOverStdio } from "../../src/mcp/stdio.ts";
import { fakeApp } from "../../test/mcp/fake-app.ts";

let unhandled = 0;
process.on("unhandledRejection", () => (unhandled += 1));
const tell = (state: object): void => void process.stderr.write(`${JSON.stringify(state)}\n`);
process.on("SIGUSR2", () => tell({ rssKb: process.memoryUsage.rss() / 1024, unhandled }));

const { deps } = fakeApp();
const silent = (): void => undefined;
const quiet = { ...deps, logger: { debug: silent, info: silent, warn: silent, error: silent } };
const createServer = createMcp(quiet);
if (process.argv[2] === "http") {
  const http = await startHttp(
    { ...quiet, createServer, health: async () => ({ status: "ok" }) },
    { port: 0 },
  );
  tell({ url: `${http.url}/mcp` });
} else {
  tell({ url: "" });
  await serveOverStdio({ createServer, logger: quiet.logger });
}
