/** The real registry over stdio with use cases whose answers tests know. Run as a process of its own. */
import { createMcp } from "../../src/mcp/server.ts";
import { serveOverStdio } from "../../src/mcp/stdio.ts";
import { fakeApp } from "./fake-app.ts";

const { deps } = fakeApp();
await serveOverStdio({ createServer: createMcp(deps), logger: deps.logger });
