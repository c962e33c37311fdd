type Part = Readonly<Record<string, unknown>>;

/**
 * An output schema as `tools/list` shows it: the fields of the answer with their types, and of objects
 * inside them the names of their fields. Spelled out in full, the answers of all tools would cost every
 * conversation more than the questions do; the whole shape is in the tool reference, and every answer is
 * checked against it before it is sent.
 */
export function publishedOutput(schema: Part): Part {
  const properties = Object.entries(objectOf(schema["properties"]));
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([name, part]) => [name, abridged(part)])),
  };
}

function abridged(part: unknown): unknown {
  const { properties, items, ...rest } = objectOf(part);
  if (items !== undefined) return { ...rest, items: abridged(items) };
  if (properties === undefined) return rest;
  const own = typeof rest["description"] === "string" ? `${rest["description"]}. ` : "";
  return { ...rest, description: `${own}Fields: ${fieldNames(properties)}` };
}

/** `kind, where{account, region}` */
function fieldNames(properties: unknown): string {
  return Object.entries(objectOf(properties))
    .map(([name, part]) => {
      const inner = innerProperties(objectOf(part));
      return inner === undefined ? name : `${name}{${fieldNames(inner)}}`;
    })
    .join(", ");
}

/** Of an object, or of the objects in a list. */
function innerProperties(part: Part): unknown {
  return part["properties"] ?? objectOf(part["items"])["properties"];
}

function objectOf(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
