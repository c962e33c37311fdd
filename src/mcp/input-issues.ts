import { distance } from "fastest-levenshtein";
import type * as z from "zod";
import { AppError, type Issue } from "../domain/errors.ts";
import { plainName } from "./untrusted-text.ts";

/**
 * All that is wrong with a tool's arguments, at once, in our own words: a caller's values are never
 * repeated, only the names of the arguments it used.
 */
export function inputError(tool: string, error: z.ZodError, known: readonly string[]): AppError {
  const issues = error.issues.flatMap((issue) => toIssues(issue, known));
  return new AppError("invalid_input", `The arguments of ${tool} are not valid.`, {
    hint: "Correct every argument listed and call again.",
    issues,
  });
}

function toIssues(issue: z.core.$ZodIssue, known: readonly string[]): readonly Issue[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: plainName(key),
      message: unknownArgument(key, known),
    }));
  }
  return [{ path: pathText(issue.path), message: describe(issue) }];
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return wrongType(issue);
  if (issue.code === "invalid_value") {
    return `Allowed values: ${issue.values.map((value) => JSON.stringify(value)).join(", ")}.`;
  }
  if (issue.code === "too_big") {
    return `Too ${isNumber(issue.origin) ? "large" : "long"}: at most ${issue.maximum}${unit(issue.origin)}.`;
  }
  if (issue.code === "too_small") {
    return `Too ${isNumber(issue.origin) ? "small" : "short"}: at least ${issue.minimum}${unit(issue.origin)}.`;
  }
  return "Not a valid value; see the tool's input schema.";
}

function isNumber(origin: string): boolean {
  return origin === "number" || origin === "int";
}

function wrongType(issue: z.core.$ZodIssueInvalidType): string {
  const expected = issue.expected === "int" ? "a whole number" : withArticle(issue.expected);
  if (issue.input === undefined) return `Required: ${expected}.`;
  const got = typeName(issue.input);
  const example = issue.expected === "array" && got === "string" ? ', such as ["a", "b"]' : "";
  return `Must be ${expected}${example}, not ${withArticle(got)}.`;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function withArticle(type: string): string {
  if (type === "null") return type;
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function unit(origin: string): string {
  if (origin === "array") return " items";
  return origin === "string" ? " characters" : "";
}

/** `regions[2]`, or `arguments` for the argument object itself. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${plainName(String(part))}`))
    .join("");
  return text === "" ? "arguments" : text.replace(/^\./, "");
}

function unknownArgument(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  const all = known.length === 0 ? "This tool takes none." : `Known: ${known.join(", ")}.`;
  return near === undefined
    ? `Unknown argument. ${all}`
    : `Unknown argument. Did you mean ${near}?`;
}

/** The known name that was probably meant; undefined when none is close or the text is absurdly long. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const wanted = plain(name);
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const [best] = known
    .map((candidate) => ({ candidate, edits: distance(wanted, plain(candidate)) }))
    .filter(({ edits }) => edits <= limit)
    .toSorted((a, b) => a.edits - b.edits);
  return best?.candidate;
}
