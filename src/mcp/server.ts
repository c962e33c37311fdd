import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  inputResponse,
  isInputRequiredResult,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { AnyTool, DepsFor, ProgressUpdate } from "./define.ts";
import { createDispatch, type DispatchDeps } from "./dispatch.ts";
import { UnknownToolError } from "./pipeline/unknown-tool.ts";
import { authenticate } from "./pipeline/authenticate.ts";
import type { Reply } from "./pipeline/call.ts";
import { CHOICE } from "./pipeline/intent-answers.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { listTools } from "./tool-listing.ts";
import { type ToolDeps, tools } from "./tools/index.ts";

export interface McpDeps extends DispatchDeps {
  /** Version of this build, shown to clients. */
  readonly version: string;
}

/** Makes a server for one connection (stdio, a 2025 session) or one request (2026-07-28). Cheap. */
export type McpServerFactory = () => McpServer;

const ClientInfo = z.object({ [CLIENT_INFO_META_KEY]: z.object({ name: z.string() }) });

const ClientCapabilities = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({ elicitation: z.unknown().optional() }),
});

/** Five minutes: the list changes only with a new build. */
const LIST_TTL_MS = 300_000;

/**
 * The protocol edge over a registry of tools. Schemas are serialised here, once; every server that
 * the factory makes shares them.
 */
export function createMcp(deps: McpDeps & ToolDeps): McpServerFactory;
export function createMcp<const Tools extends readonly AnyTool[]>(
  deps: McpDeps & DepsFor<Tools>,
  registry: Tools,
): McpServerFactory;
export function createMcp(deps: McpDeps, registry: readonly AnyTool[] = tools): McpServerFactory {
  const listing = listTools(registry);
  const schemas = new Map(listing.map((tool) => [tool.name, tool.outputSchema]));
  const dispatch = createDispatch(registry, deps, deps);

  return () => {
    const mcp = new McpServer(
      {
        name: "finops-tag-compliance",
        title: "FinOps Tag Compliance",
        version: deps.version,
      },
      {
        instructions: INSTRUCTIONS,
        capabilities: { tools: { listChanged: false } },
        cacheHints: {
          "tools/list": { ttlMs: LIST_TTL_MS, cacheScope: "private" },
          "server/discover": { ttlMs: LIST_TTL_MS, cacheScope: "public" },
        },
      },
    );
    // Our own handlers in place of `registerTool`: its input check answers with a validator's
    // sentence, ours with every problem at once and a way out.
    mcp.server.setRequestHandler("tools/list", () => ({ tools: listing }));
    mcp.server.setRequestHandler("tools/call", async (request, context) => {
      const { name } = request.params;
      const sendProgress = progressSender(context, deps);
      try {
        const result = await dispatch({
          name,
          arguments: request.params.arguments,
          principal: authenticate(context, clientName(mcp, context)),
          signal: context.mcpReq.signal,
          canElicit: canElicit(mcp, context),
          ...replyIn(context),
          ...(sendProgress === undefined ? {} : { sendProgress }),
        });
        if (isInputRequiredResult(result)) return result;
        return mcp.server.projectCallToolResult(result, schemas.get(name));
      } catch (error) {
        if (!(error instanceof UnknownToolError)) throw error;
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message);
      }
    });
    return mcp;
  };
}

/** Told in each request, or in older revisions once per connection. */
function canElicit(mcp: McpServer, { mcpReq: { envelope } }: ServerContext): boolean {
  const parsed = ClientCapabilities.safeParse(envelope);
  const told = parsed.success
    ? parsed.data[CLIENT_CAPABILITIES_META_KEY].elicitation
    : mcp.server.getClientCapabilities()?.elicitation;
  return told !== undefined;
}

/** What the user answered to a question of an earlier round of this request. */
function replyIn({ mcpReq }: ServerContext): { readonly reply?: Reply } {
  const token = mcpReq.requestState();
  const answer = inputResponse(mcpReq.inputResponses, CHOICE);
  if (typeof token !== "string" || answer.kind !== "elicit") return {};
  const choice = answer.content?.[CHOICE];
  return {
    reply: {
      token,
      action: answer.action,
      choice: typeof choice === "string" ? choice : undefined,
    },
  };
}

/** How the calling program names itself: in each request, or in older revisions once per connection. */
function clientName(mcp: McpServer, { mcpReq: { envelope } }: ServerContext): string | undefined {
  const parsed = ClientInfo.safeParse(envelope);
  return parsed.success
    ? parsed.data[CLIENT_INFO_META_KEY].name
    : mcp.server.getClientVersion()?.name;
}

function progressSender(
  { mcpReq: { _meta: meta, notify } }: ServerContext,
  { logger }: McpDeps,
): ((update: ProgressUpdate) => void) | undefined {
  const progressToken = meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return ({ done, total, message }) => {
    const params = {
      progressToken,
      progress: done,
      message,
      ...(total === undefined ? {} : { total }),
    };
    // A notification that cannot be delivered must not fail the call it tells about.
    notify({ method: "notifications/progress", params }).catch((error: unknown) =>
      logger.debug("progress not delivered", { error }),
    );
  };
}
