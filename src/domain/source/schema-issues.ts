import type { z } from "zod";
import type { Issue } from "../errors.ts";
import { lineOfPath } from "./source-text.ts";

type SchemaIssue = z.core.$ZodIssue;

/** A schema's complaints as issues with path and line, in our words: the file's text stays out of them. */
export function toIssues(
  problems: readonly SchemaIssue[],
  lines: ReadonlyMap<string, number>,
): readonly Issue[] {
  return problems
    .flatMap((problem) => flatten(problem, []))
    .map(({ path, message }) => {
      const line = lineOfPath(lines, path);
      return line === null ? { path, message } : { path, message, line };
    })
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function flatten(
  problem: SchemaIssue,
  base: readonly PropertyKey[],
): readonly { path: string; message: string }[] {
  const path = [...base, ...problem.path];
  if (problem.code === "unrecognized_keys") {
    return problem.keys.map((key) => ({
      path: pathText([...path, key]),
      message: "There is no such field; check the spelling.",
    }));
  }
  if (problem.code === "invalid_union") {
    // The branch that complains least is the one the author meant; its complaints say more than ours.
    const branches = problem.errors.map((branch) =>
      branch.flatMap((issue) => flatten(issue, path)),
    );
    const deepest = branches.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
    return deepest && depth(deepest) > path.length
      ? deepest
      : [{ path: pathText(path), message: "None of the accepted forms fits." }];
  }
  return [{ path: pathText(path), message: messageOf(problem) }];
}

const depth = (issues: readonly { path: string }[]): number =>
  Math.max(0, ...issues.map(({ path }) => path.split(/[.[]/).length));

function messageOf(problem: SchemaIssue): string {
  if (problem.code === "custom") return problem.message;
  if (problem.code === "invalid_type") {
    return problem.expected === "string"
      ? "Text is expected here; put numbers, dates and yes/no in quotes."
      : `A value of type ${problem.expected} is expected here.`;
  }
  if (problem.code === "invalid_value") {
    return `Only ${problem.values.map((allowed) => JSON.stringify(allowed)).join(", ")} is accepted here.`;
  }
  if (problem.code === "too_small") {
    return `Too short, too few or too small; the least is ${problem.minimum}.`;
  }
  if (problem.code === "too_big") {
    return `Too long, too many or too large; the most is ${problem.maximum}.`;
  }
  if (problem.code === "invalid_format") {
    return problem.format === "regex"
      ? 'A value may contain "*" at most once.'
      : "Not a date such as 2027-06-30 or an instant such as 2027-06-30T12:00:00Z.";
  }
  return "Not accepted here.";
}

/** `required_tags[1].allowed_values[0]` */
export function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}
