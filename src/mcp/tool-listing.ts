import type { Tool } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { AnyTool } from "./define.ts";

/**
 * What `tools/list` says of each tool, made once: turning zod into JSON Schema on every request
 * costs milliseconds, and every word here is paid for in tokens by every client.
 */
export function listTools(registry: readonly AnyTool[]): Tool[] {
  return registry.map((tool) => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: jsonSchema(tool.input, "input"),
    outputSchema: jsonSchema(tool.output, "output"),
    annotations: {
      readOnlyHint: tool.effect === "read",
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: tool.reachesClouds,
    },
  }));
}

function jsonSchema(schema: z.ZodObject, io: "input" | "output"): Tool["inputSchema"] {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema: part, path }) => {
      // Bounds of a double, not of ours: they inform nobody.
      if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
      if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
      if (io === "output") keepShape(part, path.length === 0);
    },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zod writes JSON; its type allows undefined
  return { ...rest, type: "object" } as Tool["inputSchema"];
}

/**
 * Of an answer the client needs the shape; bounds and nested completeness are checked here, and spelling
 * them out would double the price of the list. Without `additionalProperties: false` a later version may
 * add a field and break no client that validates.
 */
function keepShape(part: z.core.JSONSchema.BaseSchema, isRoot: boolean): void {
  delete part.additionalProperties;
  delete part.minimum;
  delete part.maximum;
  delete part.pattern;
  if (!isRoot) delete part.required;
}
