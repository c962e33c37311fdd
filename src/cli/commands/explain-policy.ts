import { z } from "zod";
import { CLOUDS } from "../../domain/cloud.ts";
import { AppError } from "../../domain/errors.ts";
import { type Explanation, explain } from "../../domain/policy/explain.ts";
import type { Resource } from "../../domain/resource.ts";
import { toIssues } from "../../domain/source/schema-issues.ts";
import { readSource } from "../../domain/source/source-text.ts";
import { parseOptions } from "../options.ts";
import { inheritedLine } from "../inherited-line.ts";
import { printable, processTerminal, type Terminal } from "../output.ts";
import { compilePolicyFile } from "../policy-file.ts";
import { readText } from "../read-text.ts";

const Options = z.object({ resource: z.string(), json: z.boolean().default(false) });

const Tags = z.union([
  z
    .record(z.string(), z.string())
    .transform((tags) => Object.entries(tags).map(([key, value]) => ({ key, value }))),
  z.array(z.object({ key: z.string(), value: z.string() })),
]);
/** Answers of `check_tag_compliance` say `resource_type` and `resource_id`; both spellings are read. */
const SPELLINGS: Readonly<Record<string, string>> = { resource_type: "type", resource_id: "id" };

const ResourceFile = z.strictObject({
  cloud: z.enum(CLOUDS),
  type: z.string(),
  id: z.string(),
  account: z.string().default(""),
  region: z.string().default("global"),
  tags: Tags.nullable(),
  inherited_tags: z
    .array(z.object({ key: z.string(), value: z.string(), from: z.string().default("") }))
    .default([]),
  created_at: z.string().nullable().default(null),
});

/** `tag-compliance policy explain FILE --resource RES.json`: why a resource is judged as it is. */
export async function explainPolicy(file: string, raw: unknown): Promise<void> {
  const options = parseOptions(Options, raw);
  const policy = await compilePolicyFile(file);
  const resource = await readResource(options.resource);
  const explanation = explain(policy, resource, Date.now());
  const terminal = processTerminal();
  const { inheritedTags = [] } = resource;
  terminal.out(
    options.json
      ? JSON.stringify({ ...explanation, inheritedTags }, null, 2)
      : [render(explanation, terminal), ...inheritedTags.map(inheritedLine)].join("\n"),
  );
}

async function readResource(file: string): Promise<Resource> {
  const source = readSource(await readText(file), undefined);
  const parsed = ResourceFile.safeParse(shortSpelling(source.value));
  const issues = parsed.success ? source.issues : toIssues(parsed.error.issues, source.lines);
  if (!parsed.success || issues.length > 0)
    throw new AppError("invalid_input", "The resource file is not one resource.", {
      hint: 'It looks like {"cloud": "aws", "type": "ec2:instance", "id": "arn:…", "account": "…", "region": "…", "tags": {"Owner": "…"}}; tags are null when they could not be read.',
      issues,
    });
  const { created_at: createdAt, inherited_tags: inheritedTags, ...resource } = parsed.data;
  return { ...resource, inheritedTags, createdAt };
}

function shortSpelling(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [SPELLINGS[key] ?? key, part]),
  );
}

function render(explanation: Explanation, terminal: Terminal): string {
  const at = (rule: string, line: number | null): string =>
    line === null ? rule : `${rule} (line ${line})`;
  return [
    `Verdict: ${terminal.style("bold", explanation.verdict)}`,
    "",
    ...explanation.rules.map(
      ({ rule, line, name, outcome, why }) =>
        `${outcome.padEnd(18)} ${printable(name)}  ${terminal.style("dim", at(rule, line))}\n    ${why}`,
    ),
    ...explanation.violations.flatMap(({ kind, severity, rule, line, fix }) => [
      "",
      `${terminal.style(severity === "error" ? "red" : "yellow", `${severity}: ${kind}`)}  ${at(rule, line)}`,
      `    ${fix}`,
    ]),
    ...explanation.exemptions.map(
      ({ rule, line, state, reason, owner }) =>
        `\nexemption ${state}: ${at(rule, line)}, ${printable(reason)} (${printable(owner)})`,
    ),
  ].join("\n");
}
