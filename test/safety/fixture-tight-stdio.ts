/** The registry with tight limits over stdio. Run as a process of its own: the audit file is its argument. */
import { createMcp } from "../../src/mcp/server.ts";
import { serveOverStdio } from "../../src/mcp/stdio.ts";
import { tightApp } from "./tight-app.ts";

const { deps } = tightApp(process.argv[2] ?? "");
await serveOverStdio({ createServer: createMcp(deps), logger: deps.logger });
