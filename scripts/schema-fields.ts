import { z } from "zod";

/** The part of JSON Schema that inputs and outputs of tools use. */
const Node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  get items() {
    return Node.optional();
  },
  get anyOf() {
    return z.array(Node).optional();
  },
  get oneOf() {
    return z.array(Node).optional();
  },
  get properties() {
    return z.record(z.string(), Node).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), Node]).optional();
  },
});
type Node = z.output<typeof Node>;

/** A line of a reference table. */
export interface Field {
  /** `violations[].resource_id`; `{…}` stands for any key. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
}

/** Every field of a schema, parents before their parts. */
export function fieldsOf(schema: z.ZodType, io: "input" | "output"): readonly Field[] {
  const root = Node.parse(z.toJSONSchema(schema, { io, reused: "inline" }));
  return partsOf(root, "");
}

function partsOf(node: Node, path: string): readonly Field[] {
  const { items, additionalProperties: values } = node;
  if (items !== undefined) return partsOf(items, `${path}[]`);
  if (typeof values === "object") return named(values, path, "{…}", true);
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    named(child, path, name, node.required?.includes(name) ?? false),
  );
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((one) =>
    partsOf(one, path),
  );
  return distinct([...own, ...branches]);
}

function named(node: Node, parent: string, name: string, required: boolean): readonly Field[] {
  const path = parent === "" ? name : `${parent}.${name}`;
  const self = { path, type: typeText(node), required, meaning: meaningOf(node) };
  return [self, ...partsOf(node, path)];
}

/** Branches of a union repeat what they share; their types stand side by side. */
function distinct(fields: readonly Field[]): readonly Field[] {
  return [...Map.groupBy(fields, ({ path }) => path)].map(([path, same]) => ({
    path,
    type: [...new Set(same.map(({ type }) => type))].join(" or "),
    required: same.every(({ required }) => required),
    meaning: [...new Set(same.map(({ meaning }) => meaning))].filter((one) => one !== "").join(" "),
  }));
}

function typeText(node: Node): string {
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  if (branches.length > 0) return [...new Set(branches.map(typeText))].join(" or ");
  if (node.enum !== undefined) return node.enum.map(code).join(", ");
  if (node.const !== undefined) return code(node.const);
  if (node.type === "array")
    return `list of ${node.items === undefined ? "values" : typeText(node.items)}`;
  return `${[node.type ?? "any"].flat().join(" or ")}${boundsText(node)}`;
}

function boundsText({ minimum, maximum }: Node): string {
  const low = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? null : minimum;
  const high = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? null : maximum;
  if (low !== null && high !== null) return ` ${low} to ${high}`;
  if (low !== null && low !== 0) return ` from ${low}`;
  return high === null ? "" : ` up to ${high}`;
}

function meaningOf({ description, default: fallback, maxItems }: Node): string {
  const isSaid = fallback !== undefined && fallback !== false && !isEmpty(fallback);
  return [
    description === undefined ? "" : `${description.replace(/\.$/, "")}.`,
    ...(isSaid ? [`Default: ${code(fallback)}.`] : []),
    ...(maxItems === undefined ? [] : [`At most ${maxItems}.`]),
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** Text in a cell of a Markdown table. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}
