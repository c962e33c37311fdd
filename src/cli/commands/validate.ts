import { z } from "zod";
import type { ResourceValidation } from "../../app/validate-resources.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { readIds } from "../ids.ts";
import { inheritedLine } from "../inherited-line.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { printable, type Terminal } from "../output.ts";
import { violationText } from "../plan/findings.ts";
import { freshnessOf, freshnessOptions } from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  from: z.string().optional(),
  ...freshnessOptions,
  json: z.boolean().default(false),
});

/**
 * `tag-compliance validate ID…`: the verdict on single resources. Exits 1 when one breaks the policy or
 * is not there, 3 when one could not be read.
 */
export async function runValidateCommand(
  named: readonly string[],
  raw: unknown,
  configFile: unknown,
): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const ids = await readIds(named, options.from);
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const result = await app.validateResources({
      ids,
      ...freshnessOf(options),
      signal,
      onProgress,
    });
    terminal.out(
      options.json
        ? jsonText(result)
        : result.results.flatMap((one) => lines(one, terminal)).join("\n"),
    );
    return exitCode(result.results);
  });
}

const STYLES = {
  compliant: "green",
  exempt: "green",
  out_of_scope: "dim",
  non_compliant: "red",
  not_found: "yellow",
  unknown: "yellow",
  not_an_id: "red",
} as const satisfies Record<ResourceValidation["status"], Parameters<Terminal["style"]>[0]>;

function lines(one: ResourceValidation, terminal: Terminal): readonly string[] {
  const status = one.status.padEnd("non_compliant".length);
  const why = one.status === "unknown" ? terminal.style("dim", `  (${one.reason})`) : "";
  const violations = "violations" in one ? one.violations : [];
  // What holds from above may be why a tag is thought to be there.
  const inherited =
    "resource" in one && violations.length > 0 ? (one.resource.inheritedTags ?? []) : [];
  return [
    `${terminal.style(STYLES[one.status], status)}  ${printable(one.id)}${why}`,
    ...violations.map(
      (violation) => `    ${violation.severity}  ${printable(violationText(violation))}`,
    ),
    ...inherited.map((tag) => `    ${inheritedLine(tag)}`),
  ];
}

function exitCode(results: readonly ResourceValidation[]): ExitCode {
  const failing = new Set(["non_compliant", "not_found", "not_an_id"]);
  if (results.some(({ status }) => failing.has(status))) return EXIT.violations;
  return results.some(({ status }) => status === "unknown") ? EXIT.incomplete : EXIT.ok;
}
