import {
  type McpServer,
  type Prompt as ListedPrompt,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { GetPromptResult } from "@modelcontextprotocol/server";
import { oncePer } from "../domain/once-per.ts";
import type { Logger } from "../ports/logger.ts";
import type { Dispatch } from "./dispatch.ts";
import { type AnyPrompt, promptOutput } from "./define-prompt.ts";
import { requireAnswer } from "./failed-call.ts";
import { UnknownToolError } from "./pipeline/unknown-tool.ts";
import { callOf } from "./request.ts";

export function servePrompts(
  mcp: McpServer,
  registry: readonly AnyPrompt[],
  { dispatch, logger }: { readonly dispatch: Dispatch; readonly logger: Logger },
): void {
  const listed = listPrompts(registry);
  mcp.server.setRequestHandler("prompts/list", () => ({ prompts: listed }));
  mcp.server.setRequestHandler("prompts/get", async (request, context) => {
    const { name, arguments: given } = request.params;
    const prompt = registry.find((one) => one.name === name);
    try {
      const answer = requireAnswer(
        await dispatch({
          ...callOf(mcp, context, logger),
          name: prompt?.getter.name ?? `prompt:${name}`,
          arguments: given,
        }),
      );
      const { messages } = promptOutput.parse(answer);
      const description = prompt?.description;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by our own prompts; the SDK checks it again
      return { ...(description === undefined ? {} : { description }), messages } as GetPromptResult;
    } catch (error) {
      if (!(error instanceof UnknownToolError)) throw error;
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "No such prompt; see prompts/list.");
    }
  });
}

export const listPrompts = oncePer((registry: readonly AnyPrompt[]): ListedPrompt[] =>
  registry.map(({ name, title, description, getter }) => ({
    name,
    title,
    description,
    arguments: Object.entries(getter.input.shape).map(([argument, schema]) => {
      const described = schema.meta()?.description ?? "";
      return {
        name: argument,
        description: described,
        required: !schema.safeParse(undefined).success,
      };
    }),
  })),
);
