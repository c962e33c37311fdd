type Part = Readonly<Record<string, unknown>>;

/** The same in every answer that rests on a scan or comes in pages: the instructions tell it once. */
const TOLD_ONCE: ReadonlySet<string> = new Set([
  "coverage",
  "data_as_of",
  "next_cursor",
  "policy_hash",
  "refreshing",
  "scan_id",
  "scanned",
]);

/**
 * An output schema as `tools/list` shows it: the fields of the answer with their types, and of objects
 * among them the names of their fields. Spelled out in full, the answers of all tools would cost every
 * conversation more than the questions do; the whole shape is in the tool reference, and every answer is
 * checked against it before it is sent.
 *
 * No field is required: a call that asks, is estimated or goes on running has other fields instead.
 */
export function publishedOutput(schema: Part): Part {
  const properties = Object.entries(objectOf(schema["properties"])).filter(
    ([name]) => !TOLD_ONCE.has(name),
  );
  return {
    type: "object",
    properties: Object.fromEntries(properties.map(([name, part]) => [name, abridged(part)])),
  };
}

function abridged(part: unknown): Part {
  const { description } = objectOf(part);
  const fields = Object.keys(objectOf(fieldsIn(objectOf(part))));
  const told = [
    ...(typeof description === "string" ? [description] : []),
    ...(fields.length === 0 ? [] : [`{${fields.join(", ")}}`]),
  ].join(" ");
  return { ...typeOf(part), ...(told === "" ? {} : { description: told }) };
}

/** One type, or a branch for each: clients that map schemas onto a dialect with one type refuse a list. */
function typeOf(part: unknown): Part {
  const { type, anyOf } = objectOf(part);
  if (Array.isArray(type)) return { anyOf: type.map((one: unknown) => ({ type: one })) };
  return Array.isArray(anyOf) ? { anyOf: anyOf.map(typeOf) } : { type };
}

/** Of an object, of the objects in a list, or of either where it may be null. */
function fieldsIn(part: Part): unknown {
  const { properties, items, anyOf } = part;
  if (properties !== undefined) return properties;
  if (items !== undefined) return fieldsIn(objectOf(items));
  return Array.isArray(anyOf)
    ? anyOf.map((one) => fieldsIn(objectOf(one))).find((fields) => fields !== undefined)
    : undefined;
}

function objectOf(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
