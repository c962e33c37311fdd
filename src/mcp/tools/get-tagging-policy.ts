import * as z from "zod";
import type { GetPolicy, PolicyInForce } from "../../app/get-policy.ts";
import { LINT_SEVERITIES, type LintSeverity } from "../../domain/policy/lint-finding.ts";
import type { PolicyDocument } from "../../domain/policy/schema.ts";
import { boundJson } from "../bounded-json.ts";
import { defineReadTool } from "../define.ts";
import { cleanText, MAX_TEXT_LENGTH, plainName } from "../untrusted-text.ts";

/** Longest list shown: a policy may allow thousands of values, and few questions need them all. */
const LIST_LIMIT = { concise: 30, detailed: 500 } as const;
const FINDINGS = 20;

const note = z.object({ path: z.string(), message: z.string() });

const output = z.object({
  policy: z.looseObject({}),
  cuts: z
    .array(z.object({ path: z.string(), shown: z.int(), total: z.int() }))
    .describe("Lists shown in part"),
  policy_hash: z.string(),
  source: z.enum(["built_in", "file"]).describe("built_in = none configured"),
  loaded_at: z.iso.datetime(),
  required_tags: z.array(z.string()),
  lint_count: z.int().min(0),
  lint: z
    .array(note.extend({ severity: z.string(), hint: z.string() }))
    .describe("Probably not meant; at most 20, worst first"),
  sync: z
    .object({
      outcome: z.enum(["pending", "imported", "own_file", "failed"]),
      source: z.string().nullable(),
      error: z.string().nullable(),
      last_sync_at: z.iso.datetime().nullable(),
    })
    .nullable()
    .describe("Automatic import from AWS Organizations; null = not configured"),
  last_error: z
    .object({ message: z.string(), issues: z.array(note) })
    .nullable()
    .describe("Why the newest file is not in force"),
});

export default defineReadTool({
  name: "get_tagging_policy",
  title: "Get tagging policy",
  description:
    "What does the tagging policy in force say, what are the rules? Which tags are required (must be on a new resource before a deployment), optional and prohibited, what values are allowed for each (valid codes), what format CostCenter must have, exemptions; which version is active, where it comes from, when it was loaded, whether the file is ok or broken, lint findings. Use it before proposing values; for how resources fare use check_tag_compliance.",
  reachesClouds: false,
  input: z.strictObject({
    tags: z
      .array(z.string().min(1).max(MAX_TEXT_LENGTH))
      .max(50)
      .default([])
      .describe("Only the rules of these tag keys; empty = all"),
    response_format: z
      .enum(["concise", "detailed"])
      .default("concise")
      .describe("concise cuts lists at 30 items, detailed at 500"),
  }),
  output,
  async run(input, deps: { readonly getPolicy: GetPolicy }) {
    const policy = await deps.getPolicy();
    const shown = boundJson(
      onlyTags(policy.document, input.tags),
      LIST_LIMIT[input.response_format],
    );
    return {
      policy: shown.value,
      cuts: [...shown.cuts],
      policy_hash: policy.hash,
      source: policy.source,
      loaded_at: new Date(policy.loadedAt).toISOString(),
      required_tags: policy.document.required_tags.map(({ name }) => cleanText(name).text),
      lint_count: policy.lint.length,
      lint: toLint(policy.lint),
      sync: toSync(policy.sync),
      last_error: toLastError(policy.lastError),
    };
  },
  summarize: policyText,
});

function onlyTags(document: PolicyDocument, tags: readonly string[]): PolicyDocument {
  if (tags.length === 0) return document;
  const wanted = new Set(tags.map((tag) => tag.toLowerCase()));
  const keep = <Rule extends { readonly name: string }>(rules: readonly Rule[]): Rule[] =>
    rules.filter(({ name }) => wanted.has(name.toLowerCase()));
  return {
    ...document,
    required_tags: keep(document.required_tags),
    optional_tags: keep(document.optional_tags),
    prohibited_tags: keep(document.prohibited_tags),
  };
}

function toNotes(
  notes: readonly { readonly path: string; readonly message: string }[],
): z.output<typeof note>[] {
  return notes.slice(0, FINDINGS).map(({ path, message }) => ({
    path: cleanText(path).text,
    message: cleanText(message).text,
  }));
}

function toLint(findings: PolicyInForce["lint"]): z.output<typeof output>["lint"] {
  const rank = (severity: LintSeverity): number => LINT_SEVERITIES.indexOf(severity);
  return findings
    .toSorted((a, b) => rank(a.severity) - rank(b.severity))
    .slice(0, FINDINGS)
    .map(({ severity, path, message, hint }) => ({
      severity,
      path: cleanText(path).text,
      message: cleanText(message).text,
      hint: cleanText(hint).text,
    }));
}

function toSync(sync: PolicyInForce["sync"]): z.output<typeof output>["sync"] {
  if (sync === null) return null;
  const { outcome, source, error, lastSyncAt } = sync;
  const at = lastSyncAt === null ? null : new Date(lastSyncAt).toISOString();
  return { outcome, source, error, last_sync_at: at };
}

function toLastError(error: PolicyInForce["lastError"]): z.output<typeof output>["last_error"] {
  if (error === null) return null;
  return { message: cleanText(error.message).text, issues: toNotes(error.issues) };
}

function policyText(answer: z.output<typeof output>): string {
  const { required_tags: required, last_error: lastError, lint_count: lint, cuts } = answer;
  const keys = required.slice(0, 10).map(plainName);
  const more = required.length > keys.length ? ` and ${required.length - keys.length} more` : "";
  const from = answer.source === "file" ? "a policy file" : "the built-in default, none configured";
  return [
    `Policy from ${from}, loaded ${answer.loaded_at}, hash ${answer.policy_hash.slice(0, 12)}.`,
    required.length === 0 ? "No tag is required." : `Required tags: ${keys.join(", ")}${more}.`,
    ...(cuts.length > 0
      ? [`${cuts.length} list(s) are shown in part; name tags, or ask for detailed, to see more.`]
      : []),
    ...(lint > 0
      ? [`${lint} lint finding(s): rules that probably do not mean what they say.`]
      : []),
    ...(lastError === null
      ? []
      : [
          `The newest policy file is broken (${lastError.issues.length} issue(s) listed) and NOT in force; this is the last good policy.`,
        ]),
    "Next: call check_tag_compliance to see how resources fare against it.",
  ].join("\n");
}
