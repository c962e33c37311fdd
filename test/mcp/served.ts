import { fileURLToPath } from "node:url";
import type { Client } from "@modelcontextprotocol/client";
import { createHttpApp } from "../../src/http/app.ts";
import { createMcpEndpoint } from "../../src/http/mcp-endpoint.ts";
import { startHttp } from "../../src/http/server.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { connectHttp, connectInProcess, connectStdio, ERAS, type Mode } from "./connect.ts";
import { fakeApp } from "./fake-app.ts";

const FIXTURE = fileURLToPath(new URL("fixture-stdio.ts", import.meta.url));

export interface Connected {
  readonly client: Client;
  close(): Promise<void>;
}

const TRANSPORTS: Readonly<Record<string, (mode: Mode) => Promise<Connected>>> = {
  "fetch in process": async (mode) => {
    const app = fakeApp();
    const mcp = createMcpEndpoint({ ...app.deps, createServer: createMcp(app.deps) });
    const http = createHttpApp({
      mcp,
      health: async () => ({ status: "ok" }),
      logger: app.deps.logger,
      allowedHosts: ["127.0.0.1"],
    });
    const client = await connectInProcess(mode, http.fetch);
    return {
      client,
      async close() {
        await client.close();
        await mcp.close();
      },
    };
  },
  "HTTP socket": async (mode) => {
    const app = fakeApp();
    const http = await startHttp(
      { ...app.deps, createServer: createMcp(app.deps), health: async () => ({ status: "ok" }) },
      { port: 0 },
    );
    const client = await connectHttp(mode, http.url);
    return {
      client,
      async close() {
        await client.close();
        await http.close();
      },
    };
  },
  stdio: async (mode) => {
    const client = await connectStdio(mode, [FIXTURE]);
    return { client, close: () => client.close() };
  },
};

/** The official client on every transport, in both eras of the protocol. */
export const CASES = Object.entries(TRANSPORTS).flatMap(([transport, open]) =>
  ERAS.map(({ era, mode }) => ({ transport, era, connect: () => open(mode) })),
);
