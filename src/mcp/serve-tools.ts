import {
  type CallToolResult,
  isInputRequiredResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { Logger } from "../ports/logger.ts";
import type { AnyTool } from "./define.ts";
import type { Dispatch } from "./dispatch.ts";
import { UnknownToolError } from "./pipeline/unknown-tool.ts";
import { callOf, declaresExtension } from "./request.ts";
import { TASK_AFTER_MS, type Tasks, TASKS_EXTENSION } from "./tasks.ts";
import { listTools } from "./tool-listing.ts";

/**
 * Our own handlers in place of `registerTool`: its input check answers with a validator's sentence, ours
 * with every problem at once and a way out. Schemas are serialised once, for all servers.
 */
export function createToolServing(
  registry: readonly AnyTool[],
  {
    dispatch,
    logger,
    tasks,
  }: { readonly dispatch: Dispatch; readonly logger: Logger; readonly tasks: Tasks },
): (mcp: McpServer) => void {
  const listing = listTools(registry);
  const schemas = new Map(listing.map((tool) => [tool.name, tool.outputSchema]));
  return (mcp) => {
    mcp.server.setRequestHandler("tools/list", () => ({ tools: listing }));
    mcp.server.setRequestHandler("tools/call", async (request, context) => {
      const { name, arguments: given } = request.params;
      try {
        const knowsTasks = declaresExtension(context, TASKS_EXTENSION);
        const result = await dispatch({
          ...callOf(mcp, context, logger),
          ...(knowsTasks ? { patienceMs: TASK_AFTER_MS } : {}),
          name,
          arguments: given,
        });
        if (isInputRequiredResult(result)) return result;
        const task = knowsTasks ? tasks.insteadOf(result) : undefined;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the extension's own result, which the SDK passes on
        if (task !== undefined) return task as CallToolResult;
        return mcp.server.projectCallToolResult(result, schemas.get(name));
      } catch (error) {
        if (!(error instanceof UnknownToolError)) throw error;
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message);
      }
    });
    tasks.serve(mcp);
  };
}
