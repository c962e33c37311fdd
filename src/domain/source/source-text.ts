import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Issue } from "../errors.ts";

/** A mebibyte of text: far above any real policy or configuration, far below what would trouble the process. */
const MAX_TEXT_LENGTH = 1_048_576;
const MAX_DEPTH = 32;

export type SourceFormat = "json" | "yaml";

/** Text turned into plain data, with the line of every node. `issues` non-empty: `value` is not to be used. */
export interface SourceText {
  readonly value: unknown;
  /** Path (`required_tags[1].name`) to 1-based line. The root is the empty path. */
  readonly lines: ReadonlyMap<string, number>;
  readonly issues: readonly Issue[];
}

/**
 * Reads JSON or YAML 1.2 (which contains JSON) for data and line numbers. Refused with an issue: text over
 * 1 MiB, excessive aliases or depth, duplicate keys, tags of unknown types, keys that are not text or
 * that would reach a prototype.
 * @param format when `json`, anything that is not strict JSON is refused as well.
 */
export function readSource(text: string, format: SourceFormat | undefined): SourceText {
  if (text.length > MAX_TEXT_LENGTH) {
    return failed([{ path: "", message: "The text is larger than 1 MiB." }]);
  }
  if (format === "json" && !isJson(text)) {
    return failed([{ path: "", message: "The text is not valid JSON." }, ...readYaml(text).issues]);
  }
  return readYaml(text);
}

function readYaml(text: string): SourceText {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, version: "1.2", strict: true });
  const syntax = [...document.errors, ...document.warnings].map((problem) => ({
    path: "",
    message: SYNTAX_MESSAGES[problem.code] ?? "The text is not valid YAML or JSON.",
    line: counter.linePos(problem.pos[0]).line,
  }));
  if (syntax.length > 0) return failed(syntax);
  const walk = new LineWalk(counter);
  if (document.contents !== null) walk.visit(document.contents, "", 0);
  if (walk.issues.length > 0) return failed(walk.issues);
  try {
    return { value: document.toJS({ maxAliasCount: 50 }), lines: walk.lines, issues: [] };
  } catch (error) {
    // The library's guard against alias bombs is a ReferenceError; anything else is a defect.
    if (!(error instanceof ReferenceError)) throw error;
    return failed([{ path: "", message: "Aliases refer to too much or to nothing." }]);
  }
}

/** Our words for what people get wrong most; the library's own messages quote the file. */
const SYNTAX_MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "The same key stands twice in one mapping.",
  TAB_AS_INDENT: "A tab is used as indentation; use spaces.",
  BAD_INDENT: "The indentation does not fit the lines above.",
  MISSING_CHAR: "A closing quote, bracket or comma is missing.",
  MULTIPLE_DOCS: "The file holds more than one document.",
  RESOURCE_EXHAUSTION: "The text is nested too deeply.",
  TAG_RESOLVE_FAILED: "Type tags are not supported.",
};

class LineWalk {
  readonly lines = new Map<string, number>();
  readonly issues: Issue[] = [];
  readonly #counter: LineCounter;

  constructor(counter: LineCounter) {
    this.#counter = counter;
  }

  visit(node: Node, path: string, depth: number): void {
    this.#mark(path, node);
    if (depth > MAX_DEPTH) {
      this.#report(path, node, "The text is nested too deeply.");
    } else if (isMap<Node, Node | null>(node)) {
      for (const { key, value } of node.items) this.#visitPair(path, key, value, depth);
    } else if (isSeq<Node | null>(node)) {
      node.items.forEach((item, index) => {
        if (item !== null) this.visit(item, `${path}[${index}]`, depth + 1);
      });
    }
  }

  #visitPair(path: string, key: Node, value: Node | null, depth: number): void {
    if (!isScalar(key) || isAlias(key) || typeof key.value !== "string") {
      this.#report(path, key, "A key must be plain text; quote it.");
      return;
    }
    if (key.value === "__proto__") {
      this.#report(path, key, "This key is not allowed.");
      return;
    }
    const child = path === "" ? key.value : `${path}.${key.value}`;
    if (value !== null) this.visit(value, child, depth + 1);
    // A mapping's line is where its key stands, not where its first entry begins.
    this.#mark(child, key);
  }

  #mark(path: string, node: Node): void {
    this.lines.set(path, this.#lineOf(node));
  }

  #report(path: string, node: Node, message: string): void {
    this.issues.push({ path, message, line: this.#lineOf(node) });
  }

  #lineOf(node: Node): number {
    return this.#counter.linePos(node.range?.[0] ?? 0).line;
  }
}

function failed(issues: readonly Issue[]): SourceText {
  return { value: undefined, lines: new Map(), issues };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Line of a path, or of its nearest ancestor that stands in the file. */
export function lineOfPath(lines: ReadonlyMap<string, number>, path: string): number | null {
  for (let at = path; ; at = parentPath(at)) {
    const line = lines.get(at);
    if (line !== undefined) return line;
    if (at === "") return null;
  }
}

function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("."), path.lastIndexOf("[")));
}
