import { AppError, type Issue } from "../../domain/errors.ts";
import { digestOf } from "../../safety/canonical.ts";
import { inputError } from "../input-issues.ts";
import { MAX_TEXT_LENGTH, plainName } from "../untrusted-text.ts";
import type { KnownCall, ParsedCall } from "./call.ts";

/** Objects and lists inside each other. */
const MAX_DEPTH = 5;
/** Values in all. */
const MAX_VALUES = 10_000;
/** Keys that reach an object's prototype where code copies objects carelessly. */
const POISON = new Set(["__proto__", "prototype", "constructor"]);

/**
 * Holds the arguments against limits that no schema needs to repeat, then against the tool's own schema.
 * @throws {AppError} `invalid_input` with every problem at once
 */
export function parseInput(call: KnownCall): ParsedCall {
  const { tool, received } = call;
  const given = received.arguments ?? {};
  const issues = limitIssues(given);
  if (issues.length > 0)
    throw new AppError("invalid_input", `The arguments of ${tool.name} are not valid.`, {
      hint: "Correct every argument listed and call again.",
      issues,
    });
  const parsed = tool.input.safeParse(given, { reportInput: true });
  if (!parsed.success) throw inputError(tool.name, parsed.error, Object.keys(tool.input.shape));
  return { ...call, input: parsed.data, argumentsDigest: argumentsDigest(parsed.data) };
}

/** Equal for calls that ask the same, whether they only estimate, ask first or were confirmed. */
function argumentsDigest(input: Readonly<Record<string, unknown>>): string {
  const { confirm: _token, dry_run: _dryRun, ...asked } = input;
  return digestOf(asked);
}

/** The same call with some arguments changed by a choice of ours. */
export function withArguments(
  call: ParsedCall,
  changes: Readonly<Record<string, unknown>>,
): ParsedCall {
  const given = call.received.arguments ?? {};
  const { confirm: _token, ...rest } = { ...given, ...changes } as Record<string, unknown>;
  const input = call.tool.input.parse(rest);
  return { ...call, input, argumentsDigest: argumentsDigest(input) };
}

interface Visit {
  readonly issues: Issue[];
  values: number;
}

function limitIssues(given: unknown): readonly Issue[] {
  const visit: Visit = { issues: [], values: 0 };
  check(given, { path: "", depth: 0 }, visit);
  return visit.issues;
}

interface Place {
  readonly path: string;
  readonly depth: number;
}

function check(value: unknown, { path, depth }: Place, visit: Visit): void {
  visit.values += 1;
  const refuse = (message: string): void => {
    visit.issues.push({ path: path === "" ? "arguments" : path, message });
  };
  if (visit.values === MAX_VALUES + 1) refuse(`More than ${MAX_VALUES} values.`);
  if (visit.values > MAX_VALUES) return;
  if (typeof value === "string" && value.length > MAX_TEXT_LENGTH)
    refuse(`Too long: at most ${MAX_TEXT_LENGTH} characters.`);
  if (typeof value !== "object" || value === null) return;
  if (depth >= MAX_DEPTH) return refuse(`Nested too deeply: at most ${MAX_DEPTH} levels.`);
  for (const [key, part] of Object.entries(value)) {
    if (POISON.has(key)) refuse("An argument of this name is not allowed.");
    else {
      const inner = Array.isArray(value)
        ? `${path}[${key}]`
        : `${path}${path && "."}${plainName(key)}`;
      check(part, { path: inner, depth: depth + 1 }, visit);
    }
  }
}
