import { createHash } from "node:crypto";

/**
 * One text for equal JSON values, whatever the order of their keys. The order of lists stays: it can
 * matter to a tool.
 * @see RFC 8785, whose rules for objects these are
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))),
        )
      : part,
  );
}

/** SHA-256 of the canonical text, base64url. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("base64url");
}
