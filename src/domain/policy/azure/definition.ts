import type { Issue } from "../../errors.ts";
import { readSource } from "../../source/source-text.ts";

/** Values for a definition's parameters, as an assignment gives them. */
export type AzureParameters = Readonly<Record<string, string | readonly string[]>>;

/** A tag as a condition names it, and what fulfils the definition. */
export interface TagDemand {
  readonly tag: string;
  /**
   * `present`: any value; `values`: one of them; `inherited`: whatever the resource group or subscription
   * has, if it has the tag.
   */
  readonly kind: "present" | "values" | "inherited";
  readonly values: readonly string[];
  /** The only resource type it speaks of; null: every type. */
  readonly type: string | null;
}

export interface AzureDefinition {
  /** Last part of the definition's id; empty when the file has none. */
  readonly id: string;
  /** `deny`, `modify`, `append`, `audit` …, in lower case. */
  readonly effect: string;
  readonly deprecated: boolean;
  readonly demand: TagDemand;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Thrown inside this file only; the reader turns it into an issue. */
class NotUnderstood extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Reads one policy definition about one tag (Azure Policy definition structure). Conditions of any other
 * form are refused: a rule that is half understood would judge wrongly.
 */
export function readDefinition(
  text: string,
  parameters: AzureParameters,
): { readonly definition: AzureDefinition } | { readonly issues: readonly Issue[] } {
  const source = readSource(text, "json");
  if (source.issues.length > 0) return { issues: source.issues };
  try {
    return { definition: new Reader(source.value, parameters).definition() };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    const line = source.lines.get(error.path);
    const issue = { path: error.path, message: error.message };
    return { issues: [line === undefined ? issue : { ...issue, line }] };
  }
}

/** One part of the `if` block. */
type Part =
  | { readonly kind: "type"; readonly type: string }
  | { readonly kind: "parent_has_tag" }
  | { readonly kind: "demand"; readonly demand: Omit<TagDemand, "type"> };

class Reader {
  readonly #root: unknown;
  readonly #given: AzureParameters;
  #declared: JsonObject = {};

  constructor(root: unknown, given: AzureParameters) {
    this.#root = root;
    this.#given = given;
  }

  definition(): AzureDefinition {
    const root = this.#object(this.#root, "");
    const wrapped = root["properties"] !== undefined;
    const properties = wrapped ? this.#object(root["properties"], "properties") : root;
    const at = wrapped ? "properties." : "";
    this.#declared = isObject(properties["parameters"]) ? properties["parameters"] : {};
    const rule = this.#object(properties["policyRule"], `${at}policyRule`);
    const then = this.#object(rule["then"], `${at}policyRule.then`);
    const metadata = isObject(properties["metadata"]) ? properties["metadata"] : {};
    return {
      id: typeof root["name"] === "string" ? root["name"] : "",
      effect: this.#text(then["effect"], `${at}policyRule.then.effect`).toLowerCase(),
      deprecated: metadata["deprecated"] === true,
      demand: this.#demand(rule["if"], `${at}policyRule.if`),
    };
  }

  #demand(condition: unknown, path: string): TagDemand {
    const all = isObject(condition) ? condition["allOf"] : undefined;
    const parts = Array.isArray(all)
      ? all.map((one: unknown, at) => this.#part(one, `${path}.allOf[${at}]`))
      : [this.#part(condition, path)];
    const demands = parts.flatMap((part) => (part.kind === "demand" ? [part.demand] : []));
    const types = parts.flatMap((part) => (part.kind === "type" ? [part.type] : []));
    const [demand] = demands;
    if (demand === undefined || demands.length > 1 || types.length > 1) {
      throw new NotUnderstood(path, "Only conditions on one tag, and on one type, are understood.");
    }
    const inherited = parts.some(({ kind }) => kind === "parent_has_tag");
    return {
      ...demand,
      ...(inherited ? { kind: "inherited", values: [] } : {}),
      type: types[0] ?? null,
    };
  }

  #part(value: unknown, path: string): Part {
    const condition = this.#object(value, path);
    if (condition["not"] !== undefined) {
      return this.#fulfilled(this.#object(condition["not"], `${path}.not`), `${path}.not`);
    }
    if (condition["value"] !== undefined) return this.#parentHasTag(condition, path);
    const field = this.#text(condition["field"], `${path}.field`);
    if (field === "type") {
      return { kind: "type", type: this.#text(condition["equals"], `${path}.equals`) };
    }
    const tag = this.#tagOf(field, `${path}.field`);
    if (String(condition["exists"]).toLowerCase() === "false") return demandOf(tag, "present", []);
    const wanted = condition["notEquals"];
    if (typeof wanted === "string" && INHERITED.test(wanted)) return demandOf(tag, "inherited", []);
    if (wanted !== undefined) {
      return demandOf(tag, "values", [this.#text(wanted, `${path}.notEquals`)]);
    }
    return demandOf(tag, "values", this.#texts(condition["notIn"], `${path}.notIn`));
  }

  /** What a `not` says: the condition that a compliant resource fulfils. */
  #fulfilled(condition: JsonObject, path: string): Part {
    const field = this.#text(condition["field"], `${path}.field`);
    if (field === "tags") {
      return demandOf(this.#text(condition["containsKey"], `${path}.containsKey`), "present", []);
    }
    const tag = this.#tagOf(field, `${path}.field`);
    if (String(condition["exists"]).toLowerCase() === "true") return demandOf(tag, "present", []);
    if (condition["equals"] !== undefined) {
      return demandOf(tag, "values", [this.#text(condition["equals"], `${path}.equals`)]);
    }
    return demandOf(tag, "values", this.#texts(condition["in"], `${path}.in`));
  }

  #parentHasTag(condition: JsonObject, path: string): Part {
    const { value, notEquals } = { value: condition["value"], notEquals: condition["notEquals"] };
    if (typeof value !== "string" || !INHERITED.test(value) || notEquals !== "") {
      throw new NotUnderstood(path, "This condition is not understood.");
    }
    return { kind: "parent_has_tag" };
  }

  /** `tags[Name]`, `tags['Name']`, `tags.Name`, with the name as it is or from a parameter. */
  #tagOf(field: string, path: string): string {
    const name = /^tags\[(?<quote>'?)(?<name>[^\]]+)\k<quote>\]$/.exec(field)?.groups?.["name"];
    const dotted = /^tags\.([^.[\]]+)$/.exec(field)?.[1];
    const tag = name ?? dotted;
    if (tag === undefined) throw new NotUnderstood(path, "Only conditions on tags are understood.");
    return tag;
  }

  #texts(value: unknown, path: string): readonly string[] {
    const list = typeof value === "string" ? this.#parameter(value, path) : value;
    if (!Array.isArray(list) || list.length === 0) {
      throw new NotUnderstood(path, "This condition is not understood.");
    }
    return list.map((one: unknown, at) => this.#text(one, `${path}[${at}]`));
  }

  /** A text with its template expression, if it is one, worked out. */
  #text(value: unknown, path: string): string {
    if (typeof value !== "string") throw new NotUnderstood(path, "A text is expected here.");
    if (!value.startsWith("[")) return value;
    if (value.startsWith("[[")) return value.slice(1);
    const concat = /^\[concat\('tags\[', *parameters\('([^']+)'\), *'\]'\)\]$/.exec(value);
    if (concat?.[1] !== undefined) return `tags[${this.#one(concat[1], path)}]`;
    const text = this.#parameter(value, path);
    if (typeof text === "string" && text !== "") return text;
    throw new NotUnderstood(path, "A parameter that is a text is expected here.");
  }

  #parameter(value: string, path: string): unknown {
    const name = /^\[parameters\('([^']+)'\)\]$/.exec(value)?.[1];
    if (name === undefined) throw new NotUnderstood(path, "This expression is not understood.");
    return this.#valueOf(name, path);
  }

  #one(name: string, path: string): string {
    const value = this.#valueOf(name, path);
    if (typeof value === "string" && value !== "") return value;
    throw new NotUnderstood(path, "A parameter that is a text is expected here.");
  }

  #valueOf(name: string, path: string): unknown {
    if (Object.hasOwn(this.#given, name)) return this.#given[name];
    const declared = Object.hasOwn(this.#declared, name) ? this.#declared[name] : undefined;
    const byDefault = isObject(declared) ? declared["defaultValue"] : undefined;
    if (byDefault !== undefined) return byDefault;
    throw new NotUnderstood(path, "A parameter is used here that was given no value.");
  }

  #object(value: unknown, path: string): JsonObject {
    if (isObject(value)) return value;
    throw new NotUnderstood(path, "An object is expected here.");
  }
}

const INHERITED = /^\[(?:resourceGroup|subscription)\(\)\.tags\[parameters\('[^']+'\)\]\]$/;

function demandOf(tag: string, kind: TagDemand["kind"], values: readonly string[]): Part {
  return { kind: "demand", demand: { tag, kind, values } };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
