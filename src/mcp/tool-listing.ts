import type { Tool } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { AnyTool } from "./define.ts";
import { publishedOutput } from "./published-output.ts";
import { MAX_TEXT_LENGTH } from "./untrusted-text.ts";

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
    outputSchema: outputSchema(tool),
    annotations: {
      readOnlyHint: tool.effect === "read" && tool.changesServer !== true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: tool.reachesClouds,
    },
  }));
}

/** What an answer has in place of all else when nothing ran; the instructions say once what it means. */
const INSTEAD = { dry_run: { type: "boolean" }, clarification_needed: { type: "boolean" } };

/** A tool that can be estimated or asked about may answer so, and then none of its own fields is there. */
function outputSchema(tool: AnyTool): Tool["inputSchema"] {
  const own = jsonSchema(tool.output, "output");
  if (tool.estimate === undefined && !("dry_run" in tool.input.shape)) return own;
  const { required: _required, ...rest } = own;
  return { ...rest, properties: { ...rest.properties, ...INSTEAD } };
}

function jsonSchema(schema: z.ZodObject, io: "input" | "output"): Tool["inputSchema"] {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema: part, path }) => {
      // Bounds of a double, not of ours: they inform nobody.
      if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
      if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
      // Limits that hold for every text: an error tells them to whoever meets them.
      if (part.maxLength === MAX_TEXT_LENGTH) delete part.maxLength;
      if (part.minLength === 1) delete part.minLength;
      if (isPlainDefault(part.default)) delete part.default;
      if (io === "output") keepShape(part, path.length === 0);
    },
  });
  const shape = io === "output" ? publishedOutput({ ...rest }) : rest;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zod writes JSON; its type allows undefined
  return splitTypes({ ...shape, type: "object" }) as Tool["inputSchema"];
}

/** What an argument that is left out is taken for anyway: nothing named, nothing switched on. */
function isPlainDefault(value: unknown): boolean {
  return value === false || (Array.isArray(value) && value.length === 0);
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
