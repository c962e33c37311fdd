import { z } from "zod";
import type { PolicyInForce } from "../../app/get-policy.ts";
import type { LintFinding } from "../../domain/policy/lint-finding.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { processTerminal, type Terminal } from "../output.ts";
import { readPolicyFile } from "../policy-file.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({ json: z.boolean().default(false) });

/** `tag-compliance policy show` */
export async function showPolicy(raw: unknown, configFile: unknown): Promise<void> {
  const { json } = parseOptions(Options, raw);
  await withApplication(configFile, async ({ app, terminal }) => {
    const policy = await app.getPolicy();
    terminal.out(json ? JSON.stringify(policy, null, 2) : await describe(policy, terminal));
  });
}

async function describe(policy: PolicyInForce, terminal: Terminal): Promise<string> {
  const { stringify } = await import("yaml");
  const from = policy.source === "file" ? (policy.path ?? "a file") : "built in (none configured)";
  return [
    terminal.style("dim", `# source: ${from}`),
    terminal.style("dim", `# hash:   ${policy.hash}`),
    stringify(policy.document).trimEnd(),
    ...(policy.lastError === null
      ? []
      : [
          "",
          terminal.style("red", "The file as it is now is broken; the last good policy is shown."),
          ...policy.lastError.issues.map(({ path, message }) => `  ${path}: ${message}`),
        ]),
    ...lintLines(policy.lint, terminal),
  ].join("\n");
}

/** `tag-compliance policy validate FILE`: needs no configuration and no cloud. */
export async function validatePolicy(file: string, raw: unknown): Promise<ExitCode> {
  const { json } = parseOptions(Options, raw);
  const terminal = processTerminal();
  const { hash, lint, document } = await readPolicyFile(file);
  if (json) terminal.out(JSON.stringify({ valid: true, hash, lint }, null, 2));
  else
    terminal.out(
      [
        terminal.style("green", "The policy is valid."),
        `${document.required_tags.length} required, ${document.optional_tags.length} optional, ${document.prohibited_tags.length} prohibited tags; hash ${hash.slice(0, 12)}`,
        ...lintLines(lint, terminal),
      ].join("\n"),
    );
  return lint.some(({ severity }) => severity === "error") ? EXIT.violations : EXIT.ok;
}

function lintLines(lint: readonly LintFinding[], terminal: Terminal): readonly string[] {
  if (lint.length === 0) return [];
  return [
    "",
    `${lint.length} finding(s): allowed, but probably not meant.`,
    ...lint.map(({ severity, line, path, message, hint }) => {
      const place = line === null ? path : `line ${line} ${path}`;
      const style = severity === "error" ? "red" : "yellow";
      return `  ${terminal.style(style, severity)} ${place}: ${message} ${hint}`;
    }),
  ];
}
