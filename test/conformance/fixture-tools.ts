import * as z from "zod";
import { type AnyTool, defineReadTool } from "../../src/mcp/define.ts";

const answer = z.object({ said: z.string() });
const head = {
  title: "Conformance fixture",
  description: "Answers what the official suite expects of a tool of this name.",
  reachesClouds: false,
  input: z.strictObject({}),
  output: answer,
  summarize: ({ said }: z.output<typeof answer>) => said,
};

/** Tools by the names the official suite calls, run by our own dispatch. Never in a product build. */
export const fixtureTools = [
  defineReadTool({
    ...head,
    name: "test_simple_text",
    run: async () => ({ said: "This is a simple text response for testing." }),
  }),
  defineReadTool({
    ...head,
    name: "test_error_handling",
    async run() {
      throw new Error("Meant to fail.");
    },
  }),
  defineReadTool({
    ...head,
    name: "test_tool_with_progress",
    async run(_input, _deps: object, context) {
      for (const done of [0, 50, 100]) {
        context.progress({ done, total: 100, message: `${done} of 100` });
        // Progress is passed on at most twice a second.
        await new Promise((resolve) => setTimeout(resolve, 550));
      }
      return { said: "Done." };
    },
  }),
  ...["test_tool_with_logging", "test_logging_tool"].map((name) =>
    defineReadTool({
      ...head,
      name,
      async run(_input, _deps: object, context) {
        for (const message of ["started", "processing data", "completed"]) {
          context.notice({
            level: "info",
            code: "fixture",
            message: `Tool execution ${message}`,
            details: {},
          });
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return { said: "Told while it ran." };
      },
    }),
  ),
] as const satisfies readonly AnyTool[];
