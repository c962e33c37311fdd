import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { AppError, type ErrorCode, type Issue } from "./errors.ts";

/** A JSON or YAML text with the place of everything in it. JSON is read as the YAML that it is. */
export interface SourceText {
  readonly value: unknown;
  /** 1-based line where the value at `path` stands; that of its nearest parent when it is absent. */
  lineOf(path: readonly PropertyKey[]): number;
}

const MAX_CHARACTERS = 1_048_576;
/** Enough for any honest document; YAML aliases beyond this are an expansion attack. */
const MAX_ALIASES = 100;

/** @throws {AppError} `code` with one issue per syntax error; also for a text over 1 MiB. */
export function readSourceText(text: string, code: ErrorCode, what: string): SourceText {
  if (text.length > MAX_CHARACTERS)
    throw new AppError(code, `The ${what} is larger than 1 MiB.`, {
      hint: "Split it or shorten it.",
    });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    throw new AppError(code, `The ${what} is not valid YAML or JSON.`, {
      hint: "Correct the syntax at the lines named.",
      issues: document.errors.map((error) => ({
        path: "",
        message: `Syntax error (${error.code.toLowerCase().replaceAll("_", " ")}).`,
        line: lines.linePos(error.pos[0]).line,
      })),
    });
  return {
    value: document.toJS({ maxAliasCount: MAX_ALIASES }),
    lineOf: (path) => lines.linePos(offsetOf(document.contents, path)).line,
  };
}

/**
 * Validates a source text; unknown keys and wrong values are refused together.
 * @throws {AppError} `code` with all issues, each with path and line, in source order.
 */
export function parseSource<Schema extends z.ZodType>(
  source: SourceText,
  schema: Schema,
  failure: { readonly code: ErrorCode; readonly what: string },
): z.output<Schema> {
  const parsed = schema.safeParse(source.value ?? {});
  if (parsed.success) return parsed.data;
  throw new AppError(
    failure.code,
    `The ${failure.what} has ${parsed.error.issues.length} error(s).`,
    {
      hint: "Correct every line named below and load it again.",
      issues: parsed.error.issues
        .map((issue) => toIssue(issue, source))
        .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    },
  );
}

function toIssue(issue: z.core.$ZodIssue, source: SourceText): Issue {
  const keyed =
    issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
  return { path: pathText(issue.path), message: issue.message, line: source.lineOf(keyed) };
}

/** `["required_tags", 1, "name"]` as `required_tags[1].name`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => {
      if (typeof part === "number") return `[${part}]`;
      return at === 0 ? String(part) : `.${String(part)}`;
    })
    .join("");
}

function offsetOf(root: unknown, path: readonly PropertyKey[]): number {
  let node: unknown = root;
  let offset = startOf(root);
  for (const part of path) {
    const child = childOf(node, part);
    if (child === undefined) return offset;
    offset = child.offset;
    node = child.node;
  }
  return offset;
}

function childOf(
  node: unknown,
  part: PropertyKey,
): { readonly node: unknown; readonly offset: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === part);
    return isPair(pair) ? { node: pair.value, offset: startOf(pair.key) } : undefined;
  }
  if (isSeq(node) && typeof part === "number") {
    const item = node.items[part];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  return undefined;
}

function startOf(node: unknown): number {
  if (isMap(node) || isSeq(node) || isScalar(node)) return node.range?.[0] ?? 0;
  return 0;
}
