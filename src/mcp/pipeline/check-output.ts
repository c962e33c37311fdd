import type { CallToolResult, ResourceLink } from "@modelcontextprotocol/server";
import type { ToolLink } from "../define.ts";
import { withoutInvisible } from "../untrusted-text.ts";
import type { ParsedCall } from "./call.ts";

/**
 * Holds the answer against the tool's own schema and takes what no reader can see out of every text in
 * it, as a last line behind the tools' own care.
 * @throws a `ZodError` when the tool broke its promise: a bug of ours, told as `internal`
 */
export function checkOutput({ tool, input }: ParsedCall, produced: unknown): CallToolResult {
  const output = tool.output.parse(produced);
  const text = tool.summarize(output, { ...input });
  const links = (tool.links?.(output) ?? []).map(toResourceLink);
  return {
    content: [{ type: "text", text: withoutInvisible(text) }, ...links],
    structuredContent: Object.fromEntries(
      Object.entries(output).map(([key, part]) => [key, visible(part)]),
    ),
  };
}

function toResourceLink({
  uri,
  name,
  media_type: mimeType,
  size_bytes: size,
}: ToolLink): ResourceLink {
  return { type: "resource_link", uri, name, mimeType, size };
}

function visible(part: unknown): unknown {
  if (typeof part === "string") return withoutInvisible(part);
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map(visible);
  return Object.fromEntries(
    Object.entries(part).map(([key, inner]) => [withoutInvisible(key), visible(inner)]),
  );
}
