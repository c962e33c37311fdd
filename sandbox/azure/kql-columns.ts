import type { Reader } from "./kql-reader.ts";

/** A column that a projection makes of the properties: the first text that is not empty. */
export interface ComputedColumn {
  readonly name: string;
  /** Each from the properties down, members by name and items by number. */
  readonly paths: readonly Path[];
}

type Path = readonly (string | number)[];

/** `name = tostring(properties.path)`, or `name = coalesce(tostring(…), tostring(…))`. */
export function readComputed(reader: Reader): ComputedColumn | undefined {
  const name = reader.takeAssignment();
  if (name === undefined) return undefined;
  if (reader.take("coalesce") === undefined) {
    const path = readPath(reader);
    return path && { name, paths: [path] };
  }
  const paths = reader.take("(") && reader.takeList(() => readPath(reader));
  return paths && reader.take(")") && { name, paths };
}

function readPath(reader: Reader): Path | undefined {
  if (!reader.take("tostring") || !reader.take("(") || !reader.take("properties")) return undefined;
  const path: (string | number)[] = [];
  for (;;) {
    const mark = reader.take(".", "[", ")");
    if (mark === ")") return path;
    if (mark === undefined) return undefined;
    const step = mark === "." ? reader.takeName() : readIndex(reader);
    if (step === undefined) return undefined;
    path.push(step);
  }
}

function readIndex(reader: Reader): number | undefined {
  const index = reader.takeDigit();
  return reader.take("]") === undefined ? undefined : index;
}

/** What is not there is an empty text to `tostring`, which `coalesce` passes over (Kusto reference). */
export function computedValue({ paths }: ComputedColumn, properties: unknown): string {
  for (const path of paths) {
    let value = properties;
    for (const step of path) value = memberOf(value, step);
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}

function memberOf(value: unknown, step: string | number): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
}
