/** How to reach the running demo from an MCP client, ready to paste. */
export function connectText(demo: {
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly launcher: string;
}): string {
  const url = `http://127.0.0.1:${demo.port}/mcp`;
  const client = {
    mcpServers: {
      "tag-compliance": {
        command: process.execPath,
        args: [demo.launcher, "serve"],
        env: demo.environment,
      },
    },
  };
  return [
    "",
    `An MCP server answers at ${url} for as long as this demo runs. Ask it, for example:`,
    '  "How compliant are our tags, and what breaks the policy most?"',
    "",
    "Connect a client over HTTP:",
    `  claude mcp add --transport http tag-compliance ${url}`,
    `  npx @modelcontextprotocol/inspector --cli ${url} --transport http --method tools/list`,
    "",
    "Or over stdio, with this in the client's configuration:",
    JSON.stringify(client, null, 2).replaceAll(/^/gm, "  "),
    "",
    "Stop with Ctrl+C.",
    "",
  ].join("\n");
}
