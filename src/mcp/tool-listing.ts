import type { Tool } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { AnyTool } from "./define.ts";
import { publishedOutput } from "./published-output.ts";

/** A larger bound says no more than "many". */
const LARGEST_TOLD = 1000;

/**
 * What `tools/list` says of each tool, made once: turning zod into JSON Schema on every request
 * costs milliseconds, and every word here is paid for in tokens by every client.
 */
export function listTools(registry: readonly AnyTool[]): Tool[] {
  return registry.map((tool) => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchema(tool),
    outputSchema: outputSchema(tool),
    annotations: {
      readOnlyHint: tool.effect === "read" && tool.changesServer !== true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: tool.reachesClouds,
    },
  }));
}

function inputSchema(tool: AnyTool): Tool["inputSchema"] {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(tool.input, {
    io: "input",
    override: ({ jsonSchema: part }) => {
      // Bounds that nobody meets by accident: an error tells them to whoever does.
      if ((part.maximum ?? 0) > LARGEST_TOLD) delete part.maximum;
      if (part.minimum !== undefined && part.minimum <= 1) delete part.minimum;
      delete part.exclusiveMinimum;
      delete part.pattern;
      delete part.minLength;
      delete part.maxLength;
      delete part.maxItems;
      if (isPlainDefault(part.default)) delete part.default;
    },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zod writes JSON; its type allows undefined
  return splitTypes({ ...rest, type: "object" }) as Tool["inputSchema"];
}

function outputSchema(tool: AnyTool): Tool["inputSchema"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return publishedOutput(z.toJSONSchema(tool.output, { io: "output" })) as Tool["inputSchema"];
}

/** What an argument that is left out is taken for anyway: nothing named, nothing switched on. */
function isPlainDefault(value: unknown): boolean {
  return value === false || value === 0 || (Array.isArray(value) && value.length === 0);
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
