import { AppError, type Issue } from "../errors.ts";
import type { ResourceTypeCatalogue } from "../resource-type.ts";
import { lintPolicy } from "./lint.ts";
import type { LintFinding } from "./lint-finding.ts";
import { compileLinearRegex } from "./linear-regex.ts";
import {
  lineOfPath,
  type SourceFormat,
  type SourceText,
  readSource,
} from "../source/source-text.ts";
import { type PolicyDocument, policySchema } from "./schema.ts";
import { toIssues } from "../source/schema-issues.ts";
import { policySchemaV1, upgradeV1 } from "./upgrade-v1.ts";

export interface ParseOptions {
  /** Absent: YAML, which contains JSON. */
  readonly format?: SourceFormat;
  readonly catalogue: ResourceTypeCatalogue;
  /** Epoch milliseconds, for lint findings about exemptions that have expired. */
  readonly atMs: number;
  /** SHA-256 of UTF-8 text, lower-case hex. A parameter because the domain has no crypto of its own. */
  readonly sha256: (text: string) => string;
}

/** A policy that is sound in itself: its regexes compile and its shape is right. */
export interface ParsedPolicy {
  readonly document: PolicyDocument;
  /** Path in the file as written to 1-based line. */
  readonly lines: ReadonlyMap<string, number>;
  /** SHA-256 of the canonical JSON of the document: equal policies have equal hashes in any format. */
  readonly hash: string;
  readonly lint: readonly LintFinding[];
  /** Schema version the file was written in. */
  readonly writtenIn: "1.0" | "2.0";
}

/** @throws {AppError} `policy_invalid` with every issue of the text at once, in line order. */
export function parsePolicy(text: string, options: ParseOptions): ParsedPolicy {
  const source = readSource(text, options.format);
  if (source.issues.length > 0) throw invalid(source.issues);
  const isV1 = writtenInV1(source.value);
  const document = isV1 ? readV1(source) : accept(policySchema, source.value, source.lines);
  return {
    document,
    lines: source.lines,
    hash: options.sha256(canonicalJson(document)),
    lint: lintPolicy(document, { ...options, lines: source.lines }),
    writtenIn: isV1 ? "1.0" : "2.0",
  };
}

/** Version 1 files say "1.0" or "1.x"; any other version is judged, and refused, as version 2. */
function writtenInV1(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "version" in value &&
    typeof value.version === "string" &&
    /^1(\.\d+)*$/.test(value.version)
  );
}

function readV1(source: SourceText): PolicyDocument {
  const parsed = policySchemaV1.safeParse(source.value);
  if (!parsed.success) {
    throw invalid([
      ...toIssues(parsed.error.issues, source.lines),
      ...regexIssues(source.value, source.lines),
    ]);
  }
  return accept(policySchema, upgradeV1(parsed.data), source.lines);
}

/** Shape and regexes together, so that one attempt shows all there is to mend. */
function accept(
  schema: typeof policySchema,
  value: unknown,
  lines: ReadonlyMap<string, number>,
): PolicyDocument {
  const parsed = schema.safeParse(value);
  const issues: readonly Issue[] = [
    ...(parsed.success ? [] : toIssues(parsed.error.issues, lines)),
    ...regexIssues(value, lines),
  ];
  if (!parsed.success || issues.length > 0) throw invalid(issues);
  return parsed.data;
}

/** Regexes are checked on the raw data: a file with another mistake still shows its bad regexes. */
function regexIssues(value: unknown, lines: ReadonlyMap<string, number>): readonly Issue[] {
  const issues: Issue[] = [];
  for (const list of ["required_tags", "optional_tags"]) {
    const rules = field(value, list);
    if (!Array.isArray(rules)) continue;
    rules.forEach((rule: unknown, index) => {
      const pattern = field(rule, "validation_regex");
      if (typeof pattern !== "string" || pattern.length > 1000) return;
      const compiled = compileLinearRegex(pattern, true);
      if (!("problem" in compiled)) return;
      const path = `${list}[${index}].validation_regex`;
      const line = lineOfPath(lines, path);
      issues.push({ path, message: compiled.problem, ...(line === null ? {} : { line }) });
    });
  }
  return issues;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

function invalid(issues: readonly Issue[]): AppError {
  const sorted = issues.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return new AppError("policy_invalid", `The tagging policy has ${sorted.length} error(s).`, {
    hint: "Correct every listed line; the policy that was in force stays in force until then.",
    issues: sorted,
  });
}

/** JSON with sorted keys: what the hash is taken of. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, node: unknown) =>
    typeof node === "object" && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : node,
  );
}
