import { Ajv, type AnySchemaObject } from "ajv";
import { z } from "zod";

/** A parameter of a method in a Google discovery document. */
const parameterSchema = z.object({
  type: z.string(),
  location: z.enum(["query", "path"]),
  repeated: z.boolean().optional(),
  required: z.boolean().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
});

const methodSchema = z.object({
  id: z.string(),
  httpMethod: z.string(),
  path: z.string(),
  parameters: z.record(z.string(), parameterSchema).default({}),
  request: z.object({ $ref: z.string() }).optional(),
  response: z.object({ $ref: z.string() }).optional(),
});
export type Method = z.infer<typeof methodSchema>;

interface Resources {
  readonly methods?: Readonly<Record<string, Method>> | undefined;
  readonly resources?: Readonly<Record<string, Resources>> | undefined;
}
const resourcesSchema: z.ZodType<Resources> = z.lazy(() =>
  z.object({
    methods: z.record(z.string(), methodSchema).optional(),
    resources: z.record(z.string(), resourcesSchema).optional(),
  }),
);

/** The part of a discovery document that decides what may cross the wire. */
const documentSchema = z.object({
  id: z.string(),
  servicePath: z.string(),
  parameters: z.record(z.string(), parameterSchema).default({}),
  schemas: z.record(z.string(), z.record(z.string(), z.unknown())),
  resources: z.record(z.string(), resourcesSchema),
});

/** A Google API as its discovery document describes it. */
export interface DiscoveredApi {
  /** The method that a verb and a decoded path call, the one with the longest fixed text first. */
  match(verb: string, path: string): Method | undefined;
  /** What is wrong with the query parameters of a call. */
  judgeQuery(method: Method, query: URLSearchParams): readonly string[];
  /** What is wrong with a body; fields that the schema does not have are wrong. */
  judgeBody(schema: { readonly $ref: string } | undefined, body: unknown): readonly string[];
}

export function readDiscovery(json: unknown): DiscoveredApi {
  const document = documentSchema.parse(json);
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema({ $id: document.id, $defs: mapValues(document.schemas, toJsonSchema) });
  const methods = methodsOf({ resources: document.resources }).map((method) => ({
    method,
    expression: pathExpression(document.servicePath + method.path),
    fixed: method.path.replaceAll(/\{[^}]+\}/g, "").length,
  }));
  return {
    match: (verb, path) =>
      methods
        .filter(
          ({ method, expression }) => method.httpMethod === verb && fits(method, expression, path),
        )
        .toSorted((a, b) => b.fixed - a.fixed)[0]?.method,
    judgeQuery: (method, query) => judgeQuery(method, document.parameters, query),
    judgeBody: (schema, body) => {
      if (schema === undefined) return [];
      const validate = ajv.getSchema(`${document.id}#/$defs/${schema.$ref}`);
      if (validate === undefined) return [`no schema ${schema.$ref}`];
      if (validate(body)) return [];
      return (validate.errors ?? []).map(({ instancePath, message, params }) =>
        `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
      );
    },
  };
}

function methodsOf({ methods = {}, resources = {} }: Resources): readonly Method[] {
  return [...Object.values(methods), ...Object.values(resources).flatMap(methodsOf)];
}

/** `{x}` is one path segment, `{+x}` any number of them (RFC 6570, levels 1 and 2). */
function pathExpression(template: string): RegExp {
  const source = template
    .split(/(\{\+?\w+\})/)
    .map((part) => {
      const [, plus, name] = /^\{(\+?)(\w+)\}$/.exec(part) ?? [];
      if (name === undefined) return part.replaceAll(/[.*?^$()|[\]\\]/g, String.raw`\$&`);
      return `(?<${name}>${plus === "+" ? ".+?" : "[^/]+?"})`;
    })
    .join("");
  return new RegExp(`^/${source}$`);
}

function fits({ parameters }: Method, expression: RegExp, path: string): boolean {
  const groups = expression.exec(path);
  if (groups === null) return false;
  return Object.entries(groups.groups ?? {}).every(([name, value]) => {
    const pattern = parameters[name]?.pattern;
    return pattern === undefined || new RegExp(pattern).test(value);
  });
}

type Parameters = Method["parameters"];

function judgeQuery(
  method: Method,
  everywhere: Parameters,
  query: URLSearchParams,
): readonly string[] {
  const faults: string[] = [];
  for (const name of new Set(query.keys())) {
    const parameter = method.parameters[name] ?? everywhere[name];
    if (parameter?.location !== "query") faults.push(`unknown query parameter ${name}`);
    else faults.push(...judgeParameter(name, parameter, query.getAll(name)));
  }
  for (const [name, { location, required }] of Object.entries(method.parameters)) {
    if (location === "query" && required === true && !query.has(name))
      faults.push(`missing ${name}`);
  }
  return faults;
}

function judgeParameter(
  name: string,
  { type, repeated, enum: allowed }: Parameters[string],
  values: readonly string[],
): readonly string[] {
  const isOneTooMany = values.length > 1 && repeated !== true;
  const bad = values.filter(
    (value) =>
      (type === "integer" && !/^-?\d+$/.test(value)) ||
      (type === "boolean" && !/^(true|false)$/.test(value)) ||
      (allowed !== undefined && !allowed.includes(value)),
  );
  return [
    ...(isOneTooMany ? [`${name} is given ${values.length} times`] : []),
    ...bad.map((value) => `${name} cannot be ${value}`),
  ];
}

type DiscoverySchema = Readonly<Record<string, unknown>>;

/** Formats whose text form the schema language of discovery documents leaves to prose. */
const FORMAT_PATTERNS: Readonly<Record<string, string>> = {
  int64: "^-?\\d+$",
  uint64: "^\\d+$",
  byte: "^[A-Za-z0-9+/_-]*={0,2}$",
  "date-time": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$",
  "google-datetime": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$",
};

/** The JSON schema (draft 2020-12 words) of a discovery schema, closed against unknown fields. */
function toJsonSchema(schema: DiscoverySchema): AnySchemaObject {
  if (typeof schema["$ref"] === "string") return { $ref: `#/$defs/${schema["$ref"]}` };
  switch (schema["type"]) {
    case "object":
      return objectSchema(schema);
    case "array":
      return { type: "array", items: toJsonSchema(asSchema(schema["items"])) };
    case "string": {
      const pattern = FORMAT_PATTERNS[String(schema["format"])];
      const allowed = schema["enum"];
      return { type: "string", ...(pattern && { pattern }), ...(allowed ? { enum: allowed } : {}) };
    }
    case "integer":
      return { type: "integer" };
    case "number":
      return { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
    case "boolean":
      return { type: "boolean" };
    default:
      return {};
  }
}

function objectSchema(schema: DiscoverySchema): AnySchemaObject {
  const properties = schema["properties"];
  const rest = schema["additionalProperties"];
  return {
    type: "object",
    ...(properties ? { properties: mapValues(asSchemas(properties), toJsonSchema) } : {}),
    additionalProperties:
      rest === undefined ? properties === undefined : toJsonSchema(asSchema(rest)),
  };
}

const anySchema = z.record(z.string(), z.unknown());
const asSchema = (value: unknown): DiscoverySchema => anySchema.parse(value ?? {});
const asSchemas = (value: unknown): Readonly<Record<string, DiscoverySchema>> =>
  z.record(z.string(), anySchema).parse(value);

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
