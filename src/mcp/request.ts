import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  inputResponse,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Logger } from "../ports/logger.ts";
import type { CallNotice, ProgressUpdate } from "./define.ts";
import { authenticate } from "./pipeline/authenticate.ts";
import type { Reply, ToolCall } from "./pipeline/call.ts";
import { CHOICE } from "./pipeline/intent-answers.ts";

/** Whose messages they are, for clients that show several servers. */
const LOGGER = "tag-compliance";

const ClientInfo = z.object({ [CLIENT_INFO_META_KEY]: z.object({ name: z.string() }) });

const ClientCapabilities = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({
    elicitation: z.unknown().optional(),
    extensions: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** All of a request that the pipeline wants to know, but what it asks for. */
export function callOf(
  mcp: McpServer,
  context: ServerContext,
  logger: Logger,
): Omit<ToolCall, "name" | "arguments"> {
  const sendProgress = progressSender(context, logger);
  return {
    principal: authenticate(context, clientName(mcp, context)),
    signal: context.mcpReq.signal,
    canElicit: canElicit(mcp, context),
    ...replyIn(context),
    traceparent: traceparentOf(context),
    sendNotice: noticeSender(context, logger),
    ...(sendProgress === undefined ? {} : { sendProgress }),
  };
}

/** @see modelcontextprotocol.io, SEP-414: trace context in `_meta` */
function traceparentOf({ mcpReq: { _meta: meta } }: ServerContext): string | undefined {
  const given = meta?.["traceparent"];
  return typeof given === "string" ? given : undefined;
}

/** Whether this very request declares an extension; requests of older revisions cannot. */
export function declaresExtension({ mcpReq: { envelope } }: ServerContext, id: string): boolean {
  const parsed = ClientCapabilities.safeParse(envelope);
  if (!parsed.success) return false;
  return parsed.data[CLIENT_CAPABILITIES_META_KEY].extensions?.[id] !== undefined;
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
  logger: Logger,
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

/** As `notifications/message`; the SDK holds back what is below the level that the client set. */
function noticeSender({ mcpReq }: ServerContext, logger: Logger): (notice: CallNotice) => void {
  return ({ level, ...data }) => {
    mcpReq
      .log(level, data, LOGGER)
      .catch((error: unknown) => logger.debug("notice not delivered", { error }));
  };
}
