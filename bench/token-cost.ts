import { INSTRUCTIONS } from "../src/mcp/instructions.ts";
import { prompts } from "../src/mcp/prompts/index.ts";
import { resources } from "../src/mcp/resources/index.ts";
import { listPrompts } from "../src/mcp/serve-prompts.ts";
import { listResources, listTemplates } from "../src/mcp/serve-resources.ts";
import { listTools } from "../src/mcp/tool-listing.ts";
import { tools } from "../src/mcp/tools/index.ts";

/** Four characters are about one token of JSON. */
const tokens = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);

/** What every conversation pays before its first question, estimated at four characters a token. */
export async function run(): Promise<Record<string, number>> {
  const listing = listTools(tools);
  return {
    ...Object.fromEntries(listing.map((tool) => [tool.name, tokens(tool)])),
    "tools/list": tokens(listing),
    "resources/list": tokens([listResources(resources), listTemplates(resources)]),
    "prompts/list": tokens(listPrompts(prompts)),
    instructions: tokens(INSTRUCTIONS),
  };
}
