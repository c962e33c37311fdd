import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { type ComplianceOutput, complianceOutput } from "../../src/mcp/compliance-output.ts";
import type { Mode } from "../mcp/connect.ts";

/** The built product of this repository. `npm test` builds it first. */
export const LAUNCHER = join(process.cwd(), "bin/tag-compliance.js");

export interface ProductClient {
  readonly client: Client;
  /** @throws when the tool answers with an error. */
  check(args?: Readonly<Record<string, unknown>>): Promise<ComplianceOutput>;
}

/** Starts `tag-compliance serve` with this environment and nothing else, and speaks MCP to it. */
export async function connectProduct(
  environment: Readonly<Record<string, string>>,
  { launcher = LAUNCHER, mode = "legacy" }: { launcher?: string; mode?: Mode } = {},
): Promise<ProductClient> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  const env = { PATH: process.env["PATH"] ?? "", ...environment };
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [launcher, "serve"],
      env,
      stderr: "inherit",
    }),
  );
  return {
    client,
    check: async (args = {}) => {
      const result = await client.callTool({ name: "check_tag_compliance", arguments: args });
      if (result.isError === true) throw new Error(JSON.stringify(result.content));
      return complianceOutput.parse(result.structuredContent);
    },
  };
}
