import {
  Client,
  type Transport,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** Both protocol eras, as the official client is told to speak them. */
export const ERAS = [
  { era: "2026-07-28", mode: { pin: "2026-07-28" } },
  { era: "2025-11-25", mode: "legacy" },
] as const;
export type Mode = (typeof ERAS)[number]["mode"];

export type Fetch = (request: Request) => Promise<Response> | Response;

async function connected(mode: Mode, transport: Transport): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  return client;
}

/** Over a fetch function, with no socket between. */
export function connectInProcess(mode: Mode, fetch: Fetch): Promise<Client> {
  const url = new URL("http://127.0.0.1/mcp");
  return connected(
    mode,
    new StreamableHTTPClientTransport(url, {
      fetch: async (to, init) => {
        const request = new Request(to, init);
        // A socket would bring it.
        request.headers.set("host", url.host);
        return fetch(request);
      },
    }),
  );
}

export function connectHttp(mode: Mode, url: string): Promise<Client> {
  return connected(mode, new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
}

/** Runs `node <args>` and speaks over its stdin and stdout. */
export function connectStdio(
  mode: Mode,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const command = { command: process.execPath, args: [...args], env: { ...env } };
  return connected(mode, new StdioClientTransport({ ...command, stderr: "ignore" }));
}
