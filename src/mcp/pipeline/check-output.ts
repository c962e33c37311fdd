import { hash } from "node:crypto";
import type { CallToolResult, ResourceLink } from "@modelcontextprotocol/server";
import type { ToolLink } from "../define.ts";
import { withoutInvisible } from "../untrusted-text.ts";
import type { ParsedCall } from "./call.ts";

export interface CheckedAnswer {
  readonly result: CallToolResult;
  /** SHA-256 of the structured answer as JSON, in the order of its schema; base64url. */
  readonly digest: string;
}

/**
 * Holds the answer against the tool's own schema and takes what no reader can see out of every text in
 * it, as a last line behind the tools' own care.
 * @throws a `ZodError` when the tool broke its promise: a bug of ours, told as `internal`
 */
export function checkOutput({ tool, input }: ParsedCall, produced: unknown): CheckedAnswer {
  const output = tool.output.parse(produced);
  const text = tool.summarize(output, { ...input });
  const links = (tool.links?.(output) ?? []).map(toResourceLink);
  const { fields, json } = visibleFields(output);
  return {
    result: {
      content: [{ type: "text", text: withoutInvisible(text) }, ...links],
      structuredContent: fields,
    },
    digest: hash("sha256", json, "base64url"),
  };
}

/** In JSON a control character or half of a surrogate pair stands as an escape. */
const ESCAPED = /\\[bfru]/;

/** Written once and looked through as one text: nearly always there is nothing to take out. */
function visibleFields(output: Readonly<Record<string, unknown>>): {
  readonly fields: Record<string, unknown>;
  readonly json: string;
} {
  const json = JSON.stringify(output);
  if (!ESCAPED.test(json) && withoutInvisible(json) === json) return { fields: output, json };
  const fields = Object.fromEntries(
    Object.entries(output).map(([key, part]) => [key, visible(part)]),
  );
  return { fields, json: JSON.stringify(fields) };
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
