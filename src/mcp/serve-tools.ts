import {
  isInputRequiredResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { Logger } from "../ports/logger.ts";
import type { AnyTool } from "./define.ts";
import type { Dispatch } from "./dispatch.ts";
import { UnknownToolError } from "./pipeline/unknown-tool.ts";
import { callOf } from "./request.ts";
import { listTools } from "./tool-listing.ts";

/**
 * Our own handlers in place of `registerTool`: its input check answers with a validator's sentence, ours
 * with every problem at once and a way out. Schemas are serialised once, for all servers.
 */
export function createToolServing(
  registry: readonly AnyTool[],
  { dispatch, logger }: { readonly dispatch: Dispatch; readonly logger: Logger },
): (mcp: McpServer) => void {
  const listing = listTools(registry);
  const schemas = new Map(listing.map((tool) => [tool.name, tool.outputSchema]));
  return (mcp) => {
    mcp.server.setRequestHandler("tools/list", () => ({ tools: listing }));
    mcp.server.setRequestHandler("tools/call", async (request, context) => {
      const { name, arguments: given } = request.params;
      try {
        const result = await dispatch({ ...callOf(mcp, context, logger), name, arguments: given });
        if (isInputRequiredResult(result)) return result;
        return mcp.server.projectCallToolResult(result, schemas.get(name));
      } catch (error) {
        if (!(error instanceof UnknownToolError)) throw error;
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message);
      }
    });
  };
}
