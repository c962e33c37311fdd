import { AppError, type Issue } from "../../errors.ts";
import { readSource } from "../../source/source-text.ts";
import type { TagPolicyDocument } from "./document.ts";
import {
  type Inspection,
  inspectEmbeddedText,
  inspectText,
  inspectValue,
  type TagPolicyIssue,
  withLine,
} from "./inspect.ts";

export type TagPolicyValidation =
  | { readonly ok: true; readonly document: TagPolicyDocument }
  | { readonly ok: false; readonly issues: readonly TagPolicyIssue[] };

/**
 * Would AWS accept this text at CreatePolicy? Resource types are judged by this build's edition of
 * AWS's list. All issues at once, with path and line.
 */
export function validateTagPolicy(text: string): TagPolicyValidation {
  const { document, issues } = inspectText(text);
  return issues.length === 0 ? { ok: true, document } : { ok: false, issues };
}

/** A policy that could be read, and what was read differently from how AWS would take it today. */
export interface ReadTagPolicy {
  readonly document: TagPolicyDocument;
  readonly deviations: readonly TagPolicyIssue[];
}

/**
 * Reads more than AWS accepts today: effective policies, documents written when `service:*` was valid,
 * types this edition of the list does not know, documents over 10,000 characters.
 * @throws {AppError} `policy_invalid` with every issue that makes the meaning unclear.
 */
export function readTagPolicy(text: string): ReadTagPolicy {
  return accept(inspectText(text));
}

/**
 * Reads `{"levels": [[policy, …], …]}`, root first, the policies of a level in attachment order.
 * A policy is an object, or a text as DescribePolicy returns it.
 * @throws {AppError} `policy_invalid` with every issue of every policy.
 */
export function readTagPolicyLevels(value: unknown): readonly (readonly TagPolicyDocument[])[] {
  const levels: unknown =
    typeof value === "object" && value !== null && "levels" in value ? value.levels : undefined;
  if (!isListOfLists(levels)) {
    throw invalid([
      {
        path: "levels",
        message: "A list of levels is expected, each a list of tag policies.",
      },
    ]);
  }
  const inspections = levels.map((policies, level) =>
    policies.map((policy, index) => inspectOne(policy, `levels[${level}][${index}]`)),
  );
  const issues = inspections.flat().flatMap((inspection) => inspection.issues);
  const fatal = issues.filter((issue) => issue.treatment === "refuse");
  if (fatal.length > 0) throw invalid(fatal);
  return inspections.map((level) => level.map((inspection) => inspection.document));
}

/**
 * As `readTagPolicyLevels`, from JSON text and with lines.
 * @throws {AppError} `policy_invalid`
 */
export function parseTagPolicyLevels(text: string): readonly (readonly TagPolicyDocument[])[] {
  const source = readSource(text, "json");
  if (source.issues.length > 0) throw invalid(source.issues);
  try {
    return readTagPolicyLevels(source.value);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw invalid(error.issues.map((issue) => withLine(issue, source.lines)));
  }
}

function inspectOne(policy: unknown, root: string): Inspection {
  return typeof policy === "string"
    ? inspectEmbeddedText(policy, root)
    : inspectValue(policy, root);
}

function isListOfLists(value: unknown): value is readonly (readonly unknown[])[] {
  return Array.isArray(value) && value.every((element) => Array.isArray(element));
}

function accept({ document, issues }: Inspection): ReadTagPolicy {
  const fatal = issues.filter((issue) => issue.treatment === "refuse");
  if (fatal.length > 0) throw invalid(fatal);
  return { document, deviations: issues };
}

function invalid(issues: readonly Issue[]): AppError {
  return new AppError("policy_invalid", `The AWS tag policy has ${issues.length} error(s).`, {
    hint: 'Correct every listed place. A tag policy is JSON of the form {"tags": {…}}.',
    issues,
  });
}
