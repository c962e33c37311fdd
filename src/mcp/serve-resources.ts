import {
  type CallToolResult,
  type InputRequiredResult,
  type McpServer,
  type Resource as ListedResource,
  type ResourceTemplateType,
  type ReadResourceResult,
  ResourceNotFoundError,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { oncePer } from "../domain/once-per.ts";
import type { Logger } from "../ports/logger.ts";
import type { Dispatch } from "./dispatch.ts";
import { type AnyResource, pathOf, resourceOutput } from "./define-resource.ts";
import { requireAnswer } from "./failed-call.ts";
import type { ToolCall } from "./pipeline/call.ts";
import { UnknownToolError } from "./pipeline/unknown-tool.ts";
import { callOf } from "./request.ts";
import { findResource } from "./resource-uri.ts";

/**
 * Reads change between two requests; what is listed only with a new build.
 * @returns reads as `resources/read` does
 */
export function serveResources(
  mcp: McpServer,
  registry: readonly AnyResource[],
  { dispatch, logger }: { readonly dispatch: Dispatch; readonly logger: Logger },
): (uri: string, context: ServerContext) => Promise<ReadResourceResult> {
  const readFor = (uri: string, context: ServerContext): Promise<ReadResourceResult> =>
    read(registry, uri, (call) => dispatch({ ...callOf(mcp, context, logger), ...call }));
  const listed = listResources(registry);
  const templates = listTemplates(registry);
  mcp.server.setRequestHandler("resources/list", () => ({ resources: listed }));
  mcp.server.setRequestHandler("resources/templates/list", () => ({
    resourceTemplates: templates,
  }));
  mcp.server.setRequestHandler("resources/read", (request, context) =>
    readFor(request.params.uri, context),
  );
  return readFor;
}

async function read(
  registry: readonly AnyResource[],
  uri: string,
  call: (
    what: Pick<ToolCall, "name" | "arguments">,
  ) => Promise<CallToolResult | InputRequiredResult>,
): Promise<ReadResourceResult> {
  const found = findResource(registry, uri);
  try {
    const answer = requireAnswer(
      await call({ name: found?.resource.reader.name ?? uri, arguments: found?.variables }),
      (message) => new ResourceNotFoundError(uri, message),
    );
    const { contents } = resourceOutput.parse(answer);
    return {
      contents: contents.map(({ text, blob, ...rest }) =>
        blob === undefined ? { uri, text: text ?? "", ...rest } : { uri, blob, ...rest },
      ),
    };
  } catch (error) {
    if (!(error instanceof UnknownToolError)) throw error;
    throw new ResourceNotFoundError(
      uri,
      "No such resource. Templates are in resources/templates/list.",
    );
  }
}

export const listResources = oncePer((registry: readonly AnyResource[]): ListedResource[] =>
  registry
    .filter(({ uri }) => !pathOf(uri).includes("{"))
    .map((resource) => ({ uri: pathOf(resource.uri), ...described(resource) })),
);

export const listTemplates = oncePer((registry: readonly AnyResource[]): ResourceTemplateType[] =>
  registry
    .filter(({ uri }) => uri.includes("{"))
    .map((resource) => ({ uriTemplate: resource.uri, ...described(resource) })),
);

function described({ name, title, description, mimeType }: AnyResource) {
  return { name, title, description, mimeType };
}
