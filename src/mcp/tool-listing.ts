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
      readOnlyHint: tool.effect === "read" && tool.changesServer !== true,
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
  return splitTypes({ ...rest, type: "object" }) as Tool["inputSchema"];
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

/**
 * `{"type": ["string", "null"]}` as one branch a type: legal either way, but clients that map schemas
 * onto a dialect with one type refuse the tool.
 */
function splitTypes(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(splitTypes);
  if (typeof part !== "object" || part === null) return part;
  const { type, ...rest } = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, splitTypes(value)]),
  );
  if (!Array.isArray(type)) return type === undefined ? rest : { type, ...rest };
  return { ...rest, anyOf: type.map((one: unknown) => ({ type: one })) };
}
