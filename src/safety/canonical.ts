import { hash } from "node:crypto";

/**
 * One text for equal JSON values, whatever the order of their keys. The order of lists stays: it can
 * matter to a tool.
 * @see RFC 8785, whose rules for objects these are
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value));
}

function inOrder(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map(inOrder);
  const fields = new Map<string, unknown>(Object.entries(part));
  const names = [...fields.keys()].toSorted();
  return Object.fromEntries(names.map((name) => [name, inOrder(fields.get(name))]));
}

/** SHA-256 of the canonical text, base64url. */
export function digestOf(value: unknown): string {
  return hash("sha256", canonicalJson(value), "base64url");
}
