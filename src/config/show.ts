import { Document, isMap, isScalar, type Node } from "yaml";
import type { Settings } from "./load.ts";
import { ENVIRONMENT } from "./environment.ts";

/** A password in a URL: `scheme://user:PASSWORD@host`. */
const PASSWORD_IN_URL = /^([a-z][\w+.-]*:\/\/[^\s/@:]*:)[^\s/@]+@/i;

/** What people see instead of a secret that was written where none belongs. */
const MASK = "****";

/** A value as it may be shown: references stay, a password inside a URL does not. */
export function masked(value: unknown): unknown {
  if (typeof value === "string") return value.replace(PASSWORD_IN_URL, `$1${MASK}@`);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part)]));
}

/**
 * The configuration in force as YAML that could be the file, each value with where it comes from:
 * nothing behind it means the file, else `default` or the name of the environment variable.
 */
export function annotatedConfig({ config, fileValue, environment }: Settings): string {
  const document = new Document(masked(config));
  annotate(document.contents, [], (path) => {
    const variable = variableOf(path);
    if (variable !== undefined && (environment[variable] ?? "") !== "") return variable;
    return isIn(fileValue, path) ? undefined : "default";
  });
  return document.toString().trimEnd();
}

type Origin = (path: readonly string[]) => string | undefined;

function annotate(node: Node | null, path: readonly string[], originOf: Origin): void {
  if (!isMap<Node, Node>(node)) return;
  for (const { key, value } of node.items) {
    const at = [...path, String(isScalar(key) ? key.value : key)];
    const origin = isMap(value) ? undefined : originOf(at);
    // Behind a value; a list has its lines below it, so there the remark stands above the key.
    if (origin !== undefined) {
      if (isScalar(value)) value.comment = ` ${origin}`;
      else key.commentBefore = ` ${origin}`;
    }
    annotate(value, at, originOf);
  }
}

function variableOf(path: readonly string[]): string | undefined {
  const dotted = path.join(".");
  return Object.entries(ENVIRONMENT).find(([, target]) => target.join(".") === dotted)?.[0];
}

function isIn(tree: unknown, path: readonly string[]): boolean {
  let node = tree;
  for (const part of path) {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, part)) return false;
    node = Object.entries(node).find(([key]) => key === part)?.[1];
  }
  return true;
}

/** Every reference to a secret in the configuration, with its key. */
export function secretReferences(
  value: unknown,
  isReference: (text: string) => boolean,
  path = "",
): readonly { readonly path: string; readonly reference: string }[] {
  if (typeof value === "string") return isReference(value) ? [{ path, reference: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const at = Array.isArray(value) ? `${path}[${key}]` : [path, key].filter(Boolean).join(".");
    return secretReferences(part, isReference, at);
  });
}
