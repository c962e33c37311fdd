import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { SEVERITIES, type Judge } from "../../domain/compliance/violation.ts";
import { checkPlan, type PlanCheck } from "../../domain/terraform/check-plan.ts";
import { readPlan } from "../../domain/terraform/plan.ts";
import { resourceBlocks } from "../../domain/terraform/source-blocks.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { processTerminal, type Terminal } from "../output.ts";
import type { LocatedCheck } from "../plan/findings.ts";
import { toGithub } from "../plan/github.ts";
import { toJunit } from "../plan/junit.ts";
import { toSarif } from "../plan/sarif.ts";
import { toTable } from "../plan/table.ts";
import { compilePolicyFile } from "../policy-file.ts";
import { readText } from "../read-text.ts";
import { withApplication } from "../with-application.ts";

const FORMATS = ["table", "json", "sarif", "junit", "github"] as const;

const Options = z.object({
  policy: z.string().optional(),
  format: z.enum(FORMATS).default("table"),
  out: z.string().optional(),
  source: z.string().default("."),
  failOn: z.enum([...SEVERITIES, "never"]).default("error"),
  failOnUnknown: z.boolean().default(false),
  unchanged: z.boolean().default(false),
});
type Options = z.output<typeof Options>;

const RENDER: Readonly<
  Record<(typeof FORMATS)[number], (check: LocatedCheck, terminal: Terminal) => string>
> = {
  table: toTable,
  json: ({ check }) => JSON.stringify(check, null, 2),
  sarif: toSarif,
  junit: toJunit,
  github: toGithub,
};

/** `tag-compliance check-plan PLAN.json`: what a Terraform plan would break, before it is applied. */
export async function runCheckPlan(
  file: string,
  raw: unknown,
  configFile: unknown,
): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const plan = readPlan(await readText(file));
  const judge = await policyOf(options, configFile);
  const check = checkPlan(judge, plan, { unchanged: options.unchanged, atMs: Date.now() });
  const blocks = resourceBlocks(await terraformFiles(options.source));
  const located: LocatedCheck = {
    check,
    planFile: file,
    locate: ({ terraformType, name }) => {
      const places = blocks.get(`${terraformType}.${name}`) ?? [];
      return places.length === 1 ? places[0] : undefined;
    },
  };
  const terminal = processTerminal();
  const text = RENDER[options.format](located, terminal);
  if (options.out === undefined) terminal.out(text);
  else await writeFile(options.out, `${text}\n`);
  return exitCode(check, options);
}

async function policyOf({ policy }: Options, configFile: unknown): Promise<Judge> {
  if (policy !== undefined) return compilePolicyFile(policy);
  return withApplication(configFile, async ({ app }) => {
    return await app.currentPolicy();
  });
}

function exitCode({ violations, counts }: PlanCheck, { failOn, failOnUnknown }: Options): ExitCode {
  const broken = failOn === "warning" ? violations.error + violations.warning : violations.error;
  if (failOn !== "never" && broken > 0) return EXIT.violations;
  return failOnUnknown && counts.unknown > 0 ? EXIT.incomplete : EXIT.ok;
}

/** The plan does not say where its blocks are; without the files the findings just have no line. */
async function terraformFiles(
  folder: string,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".tf"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.split("/").includes(".terraform"));
  return Promise.all(
    paths.toSorted().map(async (path) => ({
      path: relative(".", path),
      text: await readFile(path, "utf8").catch(() => ""),
    })),
  );
}
