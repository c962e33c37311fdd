/** Names of arguments whose values open something; a confirmation is one until it is used. */
const SECRET_NAME = /^confirm$|secret|token|passw|credential|api_?key|authorization|private/i;
/** Text that is a secret whatever it is called: AWS key ids, private keys, bearer tokens (JWT), GitHub tokens. */
const SECRET_TEXT =
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{10,}\.[\w-]{10,}\.|\bgh[pousr]_\w{20,}/;
const MAX_TEXT = 200;
const MAX_ITEMS = 50;
const MAX_DEPTH = 6;
const REDACTED = "[redacted]";

/**
 * A copy of a call's arguments that may be kept for years: no secret, nothing huge. What was left out
 * shows: a cut list ends with how many were not kept.
 */
export function redact(
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return redactObject(value, 0);
}

function redactObject(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(([key, part]: [string, unknown]) => [
        redactText(key),
        SECRET_NAME.test(key) ? REDACTED : redactPart(part, depth + 1),
      ]),
  );
}

/** A text that callers made up, fit to be kept: no secret, no length. */
export function redactText(text: string): string {
  return SECRET_TEXT.test(text) ? REDACTED : cutText(text);
}

function redactPart(part: unknown, depth: number): unknown {
  if (typeof part === "string") return redactText(part);
  if (typeof part !== "object" || part === null) return part;
  if (depth > MAX_DEPTH) return REDACTED;
  if (!Array.isArray(part)) return redactObject(part, depth);
  const kept: unknown[] = part.slice(0, MAX_ITEMS).map((item) => redactPart(item, depth + 1));
  return part.length > MAX_ITEMS ? [...kept, `${part.length - MAX_ITEMS} more`] : kept;
}

function cutText(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
